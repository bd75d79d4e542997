import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import type { Clock } from '@facepipe/service';
import sharp from 'sharp';
import { jpegFrames } from '../../dist/source/jpeg-frames.js';
import { demoScene } from '../../dist/source/scene.js';
import type { Frame, SourceOptions } from '../../dist/source/source.js';

const never = new AbortController().signal;

async function take(count: number, options: SourceOptions): Promise<Frame[]> {
  const scene = await demoScene({ realtime: false, ...options });
  const frames: Frame[] = [];
  for await (const frame of scene.frames(never)) if (frames.push(frame) === count) break;
  return frames;
}

function same(a: readonly Frame[], b: readonly Frame[]): boolean {
  return a.every((frame, i) => Buffer.from(frame.data).equals(b[i]?.data ?? new Uint8Array()));
}

test('the same seed gives the same pixels and truth, another seed others', async () => {
  const [a, b, c] = [await take(70, { seed: 4 }), await take(70, { seed: 4 }), await take(70, { seed: 5 })];
  assert.ok(same(a, b));
  assert.deepEqual(
    a.map(({ truth }) => truth),
    b.map(({ truth }) => truth),
  );
  assert.ok(!same(a, c));
});

test('frames are numbered RGB pictures of the size asked for, and faces lie inside them', async () => {
  for (const size of [
    { width: 320, height: 240 },
    { width: 641, height: 361 },
  ]) {
    const frames = await take(200, size);
    for (const [i, frame] of frames.entries()) {
      assert.equal(frame.number, i + 1);
      assert.deepEqual([frame.width, frame.height, frame.format], [size.width, size.height, 'rgb']);
      assert.equal(frame.data.length, size.width * size.height * 3);
      for (const { x, y, width, height, clear } of frame.truth ?? []) {
        assert.ok(x >= 0 && y >= 0 && x + width <= size.width && y + height <= size.height);
        assert.ok(height >= 40 && height <= 120 && width > 0 && width <= height + 1e-9);
        if (clear) assert.ok(Math.abs(width - height) < 1e-9, 'a whole face');
      }
    }
    assert.ok(
      frames[0]?.truth?.some(({ clear }) => clear),
      'somebody is there already',
    );
    assert.deepEqual(new Set(frames.map(({ truth = [] }) => truth.length)), new Set([1, 2, 0]));
  }
});

test('people come one after the other, are clear for a second and more, and leave; two cross each other', async () => {
  const clear = new Map<number, number>();
  const [firsts, spans] = [[] as number[], new Map<number, { first: number; last: number }>()];
  let crossed = 0;
  let order: string | undefined;
  for (const { number, truth = [] } of await take(900, {})) {
    for (const face of truth) {
      const span = spans.get(face.visit);
      if (!span) firsts.push(face.visit);
      if (span)
        assert.ok(number - span.last <= 15, `visit ${face.visit} is out of view for a moment at most`);
      spans.set(face.visit, { first: span?.first ?? number, last: number });
      if (face.clear) clear.set(face.visit, (clear.get(face.visit) ?? 0) + 1);
    }
    if (truth.length !== 2) continue;
    const [left, right] = [...truth].sort((one, other) => one.x - other.x).map(({ visit }) => visit);
    if (order === `${right} ${left}`) crossed++;
    order = `${left} ${right}`;
  }
  assert.deepEqual(
    [...firsts].sort((one, other) => one - other),
    firsts.map((_, i) => i + 1),
  );
  assert.ok(firsts.length >= 13 && firsts.length <= 18, `${firsts.length} in 90 s`);
  const over = firsts.filter((visit) => (spans.get(visit)?.last ?? 900) < 880);
  for (const visit of over) assert.ok((clear.get(visit) ?? 0) > 10, `visit ${visit}: ${clear.get(visit)}`);
  assert.ok(crossed >= 2, String(crossed));
});

test('faces move, and a frame is not changed by the ones after it', async () => {
  const scene = await demoScene({ realtime: false });
  let first: { frame: Frame; copy: Buffer } | undefined;
  const corners = new Set<number>();
  for await (const frame of scene.frames(never)) {
    first ??= { frame, copy: Buffer.from(frame.data) };
    corners.add(frame.truth?.[0]?.x ?? -1);
    if (frame.number === 60) break;
  }
  assert.ok(first?.copy.equals(first.frame.data));
  assert.ok(corners.size > 10);
});

/** Time passes only by sleeping. */
function idleClock(): Clock & { slept: number[] } {
  let now = 1_000_000;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    elapsed: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += Math.max(0, ms);
    },
  };
}

test('live frames come at 10 a second, or as many as asked for', async () => {
  for (const [options, interval] of [[{}, 100] as const, [{ fps: 25 }, 40] as const]) {
    const clock = idleClock();
    const scene = await demoScene(options, clock);
    assert.equal(scene.live, true);
    const times: number[] = [];
    for await (const frame of scene.frames(never)) if (times.push(frame.captured.getTime()) === 5) break;
    assert.deepEqual(
      times.map((time) => time - (times[0] ?? 0)),
      [0, 1, 2, 3, 4].map((i) => i * interval),
    );
  }
});

test('a clock that is set back an hour between two frames holds up neither the scene nor pictures on a stream', async () => {
  const setBack = () => {
    let [now, slept] = [Date.UTC(2027, 0, 1), 0];
    const sleep = async (ms: number) => {
      slept += Math.max(0, ms);
    };
    return { now: () => (now -= 3_600_000), elapsed: () => slept, sleep, slept: () => slept };
  };
  const clock = setBack();
  let seen = 0;
  for await (const _ of (await demoScene({}, clock)).frames(never)) if (++seen === 5) break;
  assert.equal(clock.slept(), 400);
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  for (const interval of [0, 100]) {
    const stream = setBack();
    async function* camera() {
      for (let n = 0; n < 5; n++) {
        yield picture;
        await stream.sleep(100);
      }
    }
    const reading = { name: 'camera', interval: () => interval, onCorrupt: assert.fail };
    const times: number[] = [];
    for await (const { captured } of jpegFrames(Readable.from(camera()), never, reading, stream))
      times.push(captured.getTime());
    assert.equal(times.length, 5, `every ${interval} ms`);
    assert.ok(
      times.every((time, n) => n === 0 || time < (times[n - 1] ?? 0)),
      'each has the time that the clock shows',
    );
  }
});

test('abort ends the scene; too small a size is refused', async () => {
  const abort = new AbortController();
  let seen = 0;
  for await (const _ of (await demoScene({})).frames(abort.signal)) {
    seen += 1;
    abort.abort();
  }
  assert.equal(seen, 1);
  await assert.rejects(demoScene({ width: 300, height: 200 }), {
    code: 'FACEPIPE_E_SOURCE_OPTION',
    exit: 2,
    message: /at least 320×240.*received 300×200/,
  });
});
