import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect, decodeStatus, type Status } from '@facepipe/wire';
import { startMosquitto } from '../support/brokers.js';
import { type Program, start } from '../support/program.js';
import { until } from '../support/until.js';
import { end, loadLoopback, loadVivid, loop, play, unload, v4l2ctl, vivid } from './cameras.js';

const folder = mkdtempSync(join(tmpdir(), 'facepipe-outage-'));
const video = join(folder, 'moving.avi');

before(async () => {
  await loadLoopback();
  await loadVivid();
  const args = ['-nostdin', '-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=5'];
  execFileSync('ffmpeg', [...args, '-frames:v', '10', '-pix_fmt', 'yuyv422', '-c:v', 'rawvideo', video]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const timeout = 900_000;

/** A capture and what it says of itself on its broker. */
async function watch(t: { after(done: () => unknown): void }, device: string, stall: string) {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const link = await connect({ url: broker.url });
  t.after(() => link.close());
  let status: Status | undefined;
  await link.subscribe('facepipe/cam/status', async ({ payload }) => {
    status = decodeStatus(payload);
  });
  const size = ['--width', '320', '--height', '240', '--min-size', '100', '--scale-factor', '1.5'];
  const capture: Program = start([
    'capture',
    ...[
      '--source',
      `v4l2:${device}`,
      '--broker',
      broker.url,
      '--name',
      'cam',
      '--stall-timeout',
      stall,
      ...size,
    ],
  ]);
  t.after(() => capture.stop('SIGKILL'));
  const frames = () => status?.totals.frames ?? 0;
  return {
    capture,
    offline: (reason: RegExp) =>
      until(
        () => `it is offline because ${reason}, not ${JSON.stringify(status)}\n${capture.lines.join('\n')}`,
        () => status?.state === 'offline' && reason.test(status.reason ?? ''),
        240,
      ),
    /** Online, and looking at frames that came after this call. */
    online: async () => {
      const described = () => `it is online, not ${JSON.stringify(status)}\n${capture.lines.join('\n')}`;
      await until(described, () => status?.state === 'online', 240);
      const before = frames();
      await until(described, () => status?.state === 'online' && frames() > before, 240);
    },
    async stop() {
      const { code, stdout, stderr } = await capture.stop();
      assert.equal(code, 143, stderr);
      assert.match(stdout, /lost 0/);
      return stderr;
    },
  };
}

const times = (text: string, pattern: RegExp): number => text.match(new RegExp(pattern, 'g'))?.length ?? 0;

test('a stream that stands still, and one whose writer is gone, are opened again', { timeout }, async (t) => {
  let player = await play(video, loop);
  t.after(() => end(player));
  const camera = await watch(t, loop, '5s');
  await camera.online();
  player.kill('SIGSTOP');
  await camera.offline(/loop10/);
  player.kill('SIGCONT');
  await camera.online();
  await end(player);
  await camera.offline(/loop10/);
  player = await play(video, loop);
  await camera.online();
  const said = await camera.stop();
  assert.equal(times(said, /It is opened again until it comes back/), 2, said);
  assert.equal(times(said, /is back after/), 2, said);
});

test('a camera that is unplugged is found again under another number', { timeout }, async (t) => {
  t.after(async () => {
    await unload('vivid');
    await loadVivid();
  });
  const camera = await watch(t, 'vivid', '20s');
  await camera.online();
  await v4l2ctl(vivid, '--set-ctrl=disconnect=1').catch(() => {});
  await camera.offline(/is not there any more/);
  // the driver puts it back once nobody has it open: a capture that was quicker than this has it again
  await until('the driver can be taken away', () =>
    unload('vivid').then(
      () => true,
      () =>
        v4l2ctl(vivid, '--set-ctrl=disconnect=1').then(
          () => false,
          () => false,
        ),
    ),
  );
  await camera.offline(/is not there any more|There is no camera/);
  await loadVivid(7);
  await camera.online();
  const said = await camera.stop();
  assert.ok(times(said, /is back after/) >= 1, said);
});
