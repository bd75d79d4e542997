import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newest } from '../../dist/source/newest.js';

const never = new AbortController().signal;
const turn = () => new Promise(setImmediate);

/** A camera that waits for nobody; `pushed` counts what it has produced. */
function camera(count: number) {
  const state = { pushed: 0, closed: false };
  async function* frames(signal: AbortSignal) {
    try {
      while (state.pushed < count && !signal.aborted) {
        await turn();
        state.pushed += 1;
        yield state.pushed;
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, live: true, frames };
}

test('a busy reader gets the newest frame and the count of those it missed', async () => {
  const source = camera(100);
  const frames = newest(source, never);
  const seen: number[] = [];
  for await (const frame of frames) {
    seen.push(frame);
    const before = source.state.pushed;
    while (source.state.pushed < Math.min(before + 10, 100)) await turn();
  }
  assert.equal(seen.at(-1), 100);
  assert.ok(seen.length < 20, `${seen.length} frames seen`);
  assert.equal(seen.length + frames.skipped, 100);
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => a - b),
  );
});

test('a reader that never waits still lets the source run', async () => {
  const source = camera(50);
  const frames = newest(source, never);
  let seen = 0;
  for await (const _ of frames) seen += 1;
  assert.equal(seen + frames.skipped, 50);
});

test('of a source that is not live every frame is delivered, none ahead of time', async () => {
  const source = { ...camera(20), live: false };
  const frames = newest(source, never);
  const seen: number[] = [];
  for await (const frame of frames) {
    seen.push(frame);
    await turn();
    await turn();
    assert.equal(source.state.pushed, frame);
  }
  assert.equal(seen.length, 20);
  assert.equal(frames.skipped, 0);
});

for (const live of [true, false]) {
  test(`leaving the loop closes the source (live: ${live})`, async () => {
    const source = { ...camera(1e9), live };
    for await (const frame of newest(source, never)) if (frame >= 3) break;
    assert.equal(source.state.closed, true);
  });

  test(`abort ends the loop without an error (live: ${live})`, async () => {
    const source = { ...camera(1e9), live };
    const abort = new AbortController();
    let seen = 0;
    for await (const _ of newest(source, abort.signal)) if (++seen === 3) abort.abort();
    assert.equal(source.state.closed, true);
  });
}

test('a failing source fails the reader after its last frame', async () => {
  async function* frames() {
    yield 1;
    await turn();
    throw new Error('unplugged');
  }
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const frame of newest({ live: true, frames }, never)) seen.push(frame);
  }, /unplugged/);
  assert.deepEqual(seen, [1]);
});
