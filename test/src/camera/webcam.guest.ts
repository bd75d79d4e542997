import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openSource } from '@facepipe/edge/source';
import { facepipe } from '../support/program.js';
import { Feed, loadLoopback, loop } from './cameras.js';

const folder = mkdtempSync(join(tmpdir(), 'facepipe-webcam-'));
before(loadLoopback);
after(() => rmSync(folder, { recursive: true, force: true }));

const [width, height] = [320, 240];

test('node-webcam with fswebcam delivers 20 frames', { timeout: 900_000 }, async () => {
  const feed = await Feed.open(loop, { format: 'YUYV', width, height });
  // one half dark, one half light
  const picture = Buffer.alloc(width * height * 2);
  for (let at = 0; at < picture.length; at += 2) {
    picture[at] = at % (width * 2) < width ? 0x20 : 0xe0;
    picture[at + 1] = 0x80;
  }
  const timer = setInterval(() => feed.write(picture), 100);
  feed.write(picture);
  try {
    const source = await openSource(`webcam:${loop}`, { width, height, stall: 60_000 });
    let frames = 0;
    for await (const frame of source.frames(AbortSignal.timeout(240_000))) {
      assert.deepEqual([frame.width, frame.height], [width, height]);
      const channels = frame.data.length / (width * height);
      const at = (x: number) => frame.data[(120 * width + x) * channels] ?? Number.NaN;
      assert.ok(at(80) < 40 && at(240) > 220, `dark ${at(80)}, light ${at(240)}`);
      if (++frames === 20) break;
    }
    assert.deepEqual([frames, source.corrupt], [20, 0]);
  } finally {
    clearInterval(timer);
    await feed.close();
  }
});

test('a device that is named like a command runs none', async () => {
  const trap = join(folder, 'ran');
  for (const name of [`$(touch ${trap})`, `\`touch ${trap}\``, `x;touch ${trap}`, `x\ntouch ${trap}`]) {
    const device = `/dev/${name.replaceAll('/', '_')}`;
    symlinkSync(loop, device);
    for (const spec of [`webcam:${device}`, `webcam:${name}`, `webcam:/dev/${name}`])
      await assert.rejects(openSource(spec), { code: 'FACEPIPE_E_SOURCE_SPEC' });
    rmSync(device);
  }
  assert.ok(!existsSync(trap));
});

test('fswebcam that fails without saying so ends in exit code 3', async () => {
  // nobody writes: fswebcam finds no picture, and exits with 0
  const { code, stderr } = await facepipe(['capture', '--source', `webcam:${loop}`, '--frames', '1']);
  assert.equal(code, 3, stderr);
  assert.match(stderr, /webcam:\/dev\/video10 .*no picture/s);
});
