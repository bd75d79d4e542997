import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '@facepipe/service';
import { Ending, isAbort } from '../dist/ending.js';

/** A clock that is moved by hand. */
function handClock() {
  let time = 0;
  const sleepers: { until: number; wake: () => void }[] = [];
  const clock: Clock = {
    now: () => time,
    elapsed: () => time,
    sleep: (ms, signal) =>
      new Promise((wake) => {
        sleepers.push({ until: time + ms, wake });
        signal?.addEventListener('abort', () => wake());
      }),
  };
  const pass = async (ms: number) => {
    time += ms;
    for (const { until, wake } of sleepers) if (until <= time) wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, pass };
}

function watched() {
  const { clock, pass } = handClock();
  const [said, results, codes]: [string[], string[], number[]] = [[], [], []];
  const options = {
    say: (text: string) => said.push(text),
    out: (line: string) => results.push(line),
    exit: (code: number) => codes.push(code),
  };
  return { ending: new Ending(options, clock), said, results, codes, pass };
}

test('the first signal stops and says how long that takes, the second ends at once with totals', async () => {
  const { ending, said, results, codes, pass } = watched();
  assert.equal(ending.code, undefined);
  ending.begin({ drains: 13, totals: () => 'captured 7' });
  ending.receive('SIGTERM');
  assert.ok(ending.signal.aborted);
  assert.equal(ending.code, 143);
  assert.match(said.join(), /^ending: .* 13 s at most; a second signal \(Ctrl-C\) ends at once$/);
  // npm sends the same one again
  ending.receive('SIGTERM');
  assert.deepEqual([results, codes], [[], []]);
  // longer than a signal that npm passes on takes
  await pass(400);
  ending.receive('SIGINT');
  // the exit code is that of the first
  assert.deepEqual([said.length, results, codes], [1, ['captured 7'], [143]]);
});

test('a command that has not begun, and does not end by itself, is ended', async () => {
  const { ending, said, codes, pass } = watched();
  ending.receive('SIGINT');
  await pass(1900);
  assert.deepEqual([said, codes], [[], []]);
  await pass(200);
  assert.deepEqual(codes, [130]);
});

test('one that begins after the signal drains, and one that has ended is left alone', async () => {
  const { ending, said, codes, pass } = watched();
  ending.receive('SIGINT');
  ending.begin({ drains: 9 });
  assert.equal(said.length, 1);
  const other = watched();
  other.ending.receive('SIGINT');
  other.ending.settle();
  await pass(2500);
  await other.pass(2500);
  assert.deepEqual([codes, other.codes], [[], []]);
});

test('only errors of an abort are one', () => {
  assert.ok(isAbort(AbortSignal.abort().reason));
  assert.ok(!isAbort(new TypeError('x')));
  assert.ok(!isAbort(undefined));
});
