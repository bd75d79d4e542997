import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '@facepipe/service';
import { lastingSource } from '../../dist/source/lasting.js';
import type { Frame, Source } from '../../dist/source/source.js';
import { sourceError } from '../../dist/source/source-error.js';
import { handClock } from '../hand-clock.js';

const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A clock on which an hour passes as soon as everybody waits. */
function quickClock() {
  const { clock, sleeping, pass, next } = handClock();
  let running = true;
  const run = async () => {
    while (running) {
      for (let i = 0; i < 5; i++) await turn();
      pass(next() ?? 0);
    }
  };
  void run();
  return {
    clock,
    stop() {
      running = false;
    },
    sleeping,
  };
}

type Opening = (signal: AbortSignal, give: (number: number) => Frame) => AsyncIterable<Frame>;

/** A camera that behaves at each opening as told, and at all later ones as at the last. */
function camera(clock: Clock, openings: Opening[], live = true) {
  const state = { opened: 0, closed: 0 };
  const give = (number: number): Frame => ({
    data: new Uint8Array(1),
    width: 1,
    height: 1,
    format: 'gray',
    number,
    captured: new Date(clock.now()),
  });
  const source: Source = {
    name: 'camera',
    live,
    corrupt: 0,
    async *frames(signal) {
      const opening = openings[Math.min(state.opened, openings.length - 1)];
      state.opened += 1;
      try {
        if (opening) yield* opening(signal, give);
      } finally {
        state.closed += 1;
      }
    },
  };
  return { source, state };
}

const gives = (count: number): Opening =>
  async function* (_, give) {
    for (let number = 1; number <= count; number++) yield give(number);
  };
const fails: Opening = async function* () {
  yield* [];
  throw sourceError('FACEPIPE_E_SOURCE_NOT_FOUND', { source: '/dev/video0' });
};
const silence = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

/** Reads until `count` frames have come. */
async function read(frames: AsyncIterable<Frame>, count: number): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { number } of frames) if (numbers.push(number) === count) break;
  return numbers;
}

function setUp(openings: Opening[], { live = true, stall = 5000 } = {}) {
  const time = quickClock();
  const { source, state } = camera(time.clock, openings, live);
  const told: string[] = [];
  const lasting = lastingSource(source, {
    stall,
    clock: time.clock,
    random: () => 0.5,
    onAway: (reason) => told.push(reason.message),
    onBack: (after) => told.push(`back after ${after}`),
  });
  return { time, state, told, lasting };
}

test('a stream that ends is opened again, and its frames are numbered on', async (t) => {
  const { time, state, told, lasting } = setUp([gives(3), gives(2), gives(4)]);
  t.after(time.stop);
  assert.deepEqual(await read(lasting.frames(never), 8), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual([state.opened, state.closed, lasting.restarts, lasting.stalls], [3, 3, 2, 0]);
  assert.match(told[0] ?? '', /^camera ended\./);
  assert.match(told[1] ?? '', /^back after \d+$/);
  assert.equal(told.length, 4);
  assert.equal(lasting.away, undefined);
});

test('a camera that is away is told of once, however long it takes to come back', async (t) => {
  const { time, state, told, lasting } = setUp([gives(1), ...Array<Opening>(1000).fill(fails), gives(1)]);
  t.after(time.stop);
  assert.deepEqual(await read(lasting.frames(never), 2), [1, 2]);
  assert.deepEqual([state.opened, lasting.restarts, told.length], [1002, 1, 2]);
  // never more than five seconds between two looks
  assert.ok(Number(/\d+/.exec(told[1] ?? '')) <= 5_000_000, told[1]);
});

test('what fails before its first frame fails for good', async (t) => {
  const { time, state, told, lasting } = setUp([fails]);
  t.after(time.stop);
  await assert.rejects(read(lasting.frames(never), 1), { code: 'FACEPIPE_E_SOURCE_NOT_FOUND', exit: 3 });
  assert.deepEqual([state.opened, told], [1, []]);
});

test('silence at the start ends it after 15 s, a stall later opens it again', async (t) => {
  const silent: Opening = async function* (signal) {
    yield* [];
    await silence(signal);
  };
  const first = setUp([silent]);
  t.after(first.time.stop);
  await assert.rejects(read(first.lasting.frames(never), 1), {
    code: 'FACEPIPE_E_SOURCE_STALLED',
    message: /nothing for 15 seconds/,
  });
  const stalls: Opening = async function* (signal, give) {
    yield give(1);
    await silence(signal);
  };
  const later = setUp([stalls, silent, gives(1)]);
  t.after(later.time.stop);
  assert.deepEqual(await read(later.lasting.frames(never), 2), [1, 2]);
  assert.deepEqual([later.lasting.stalls, later.lasting.restarts, later.state.closed], [2, 1, 3]);
  assert.match(later.told[0] ?? '', /nothing for 5 seconds/);
});

test('a stream that does not even end when told to is left behind', async (t) => {
  const deaf: Opening = async function* (_, give) {
    yield give(1);
    await new Promise(() => {});
  };
  const { time, state, lasting } = setUp([deaf, gives(1)]);
  t.after(time.stop);
  assert.deepEqual(await read(lasting.frames(never), 2), [1, 2]);
  assert.deepEqual([state.opened, state.closed], [2, 1]);
});

test('a reader that takes its time is no stall', async (t) => {
  const { time, state, lasting } = setUp([gives(3)]);
  t.after(time.stop);
  let seen = 0;
  for await (const _ of lasting.frames(never)) {
    await time.clock.sleep(60_000);
    if (++seen === 3) break;
  }
  assert.deepEqual([state.opened, lasting.stalls], [1, 0]);
});

test('frames older than the opening are dropped', async (t) => {
  const kept: Opening = async function* (_, give) {
    for (let number = 1; number <= 4; number++) yield { ...give(number), captured: new Date(0) };
    yield give(5);
    // a clock that was set back is not the camera's fault
    yield { ...give(6), captured: new Date(0) };
  };
  const { time, lasting } = setUp([kept]);
  t.after(time.stop);
  assert.deepEqual(await read(lasting.frames(never), 2), [5, 6]);
  assert.equal(lasting.stale, 4);
});

test('a stream that is no camera’s may end, but not fall silent', async (t) => {
  const ends = setUp([gives(3)], { live: false });
  t.after(ends.time.stop);
  assert.deepEqual(await read(ends.lasting.frames(never), 9), [1, 2, 3]);
  const stalls: Opening = async function* (signal, give) {
    yield give(1);
    await silence(signal);
  };
  const silent = setUp([stalls], { live: false });
  t.after(silent.time.stop);
  await assert.rejects(read(silent.lasting.frames(never), 9), { code: 'FACEPIPE_E_SOURCE_STALLED' });
});

test('abort ends it while it plays and while it waits, and leaves nothing behind', async (t) => {
  for (const openings of [[gives(1e9)], [gives(1), fails]]) {
    const { time, state, lasting } = setUp(openings);
    t.after(time.stop);
    const stop = new AbortController();
    for await (const _ of lasting.frames(stop.signal)) {
      setImmediate(() => stop.abort());
      await turn();
    }
    assert.equal(state.closed, state.opened);
    await turn();
    assert.equal(time.sleeping(), 0);
  }
});

test('a fault of the program is not waited for', async (t) => {
  const faulty: Opening = async function* (_, give) {
    yield give(1);
    throw new TypeError('undefined is not a function');
  };
  const { time, lasting } = setUp([faulty]);
  t.after(time.stop);
  await assert.rejects(read(lasting.frames(never), 2), TypeError);
});
