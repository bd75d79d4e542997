import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { start } from '../support/program.js';
import { reading } from '../support/reading.js';

// FACEPIPE_SOAK_FRAMES=100000 is the long form
const frames = Number(process.env.FACEPIPE_SOAK_FRAMES ?? 3000);
// MB in the last half; in a short run V8 and the spool's index still fill up, but a frame in ten that is kept would
// show
const allowed = frames < 50_000 ? 30 : 5;
const skip =
  process.platform === 'linux' ? (mosquittoMissing ?? false) : 'resident memory is read from /proc on Linux';

/** Resident memory in MB, as the kernel counts it. */
const residentOf = (pid: number) =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

test(`${frames} frames, from the camera scene to a broker, leave memory flat`, {
  skip,
  timeout: Number.POSITIVE_INFINITY,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const link = await connect({ url: broker.url });
  t.after(() => link.close());
  await link.subscribe('facepipe/+/faces', async () => {}, { qos: 0 });
  const small = ['--width', '320', '--height', '240', '--scale-factor', '1.2'];
  const capture = start([
    ...[
      'capture',
      '--source',
      'demo',
      '--no-realtime',
      '--send',
      'every',
      '--frames',
      String(frames),
      ...small,
    ],
    ...['--broker', broker.url, '--port', '0', '--json'],
  ]);
  t.after(() => capture.stop('SIGKILL'));
  const { pid } = capture.child;
  assert.ok(pid !== undefined);
  const marks: { frame: number; resident: number }[] = [];
  const running = () => capture.child.exitCode === null && capture.child.signalCode === null;
  for (let frame = 0; running() && frame < frames; await sleep(250)) {
    // it may end in between
    frame = await reading(capture, 'capture_frames_total').catch(() => frames);
    const resident = running() ? residentOf(pid) : 0;
    if (resident > 0 && frame < frames) marks.push({ frame, resident });
  }
  const { code, stdout, stderr } = await capture.ended;
  assert.equal(code, 0, stderr);
  const totals = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  assert.equal(totals.frames, frames);
  assert.ok(totals.captured > frames / 2, 'without faces nothing could leak');
  assert.deepEqual([totals.published, totals.lost], [totals.captured, 0]);

  // Floors are the memory between two collections of garbage. Of those near a point the highest counts, as V8 also
  // gives tens of megabytes back for a while when other programs leave it little to do.
  const level = (from: number, to: number) => {
    const floors = new Map<number, number>();
    for (const { frame, resident } of marks) {
      const part = Math.floor((frame / frames) * 33);
      if (part >= from * 33 && part < to * 33)
        floors.set(part, Math.min(resident, floors.get(part) ?? resident));
    }
    assert.ok(floors.size > 0, `no measurement between ${from} and ${to} of the way`);
    return Math.max(...floors.values());
  };
  const [half, end] = [level(0.45, 0.6), level(0.85, 1)];
  t.diagnostic(`resident: ${half.toFixed(1)} MB at half, ${end.toFixed(1)} MB at the end`);
  assert.ok(end - half < allowed, `resident memory grew by ${(end - half).toFixed(1)} MB in the last half`);
});
