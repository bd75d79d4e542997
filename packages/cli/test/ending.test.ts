import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Ending, isAbort } from '../dist/ending.js';

function watched() {
  const [said, results, codes]: [string[], string[], number[]] = [[], [], []];
  const ending = new Ending({
    say: (text) => said.push(text),
    out: (line) => results.push(line),
    exit: (code) => codes.push(code),
  });
  return { ending, said, results, codes };
}

/** Longer than a signal that npm passes on takes. */
const later = () => sleep(400);

test('the first signal stops and says how long that takes, the second ends at once with totals', async () => {
  const { ending, said, results, codes } = watched();
  assert.equal(ending.code, undefined);
  ending.begin({ drains: 13, totals: () => 'captured 7' });
  ending.receive('SIGTERM');
  assert.ok(ending.signal.aborted);
  assert.equal(ending.code, 143);
  assert.match(said.join(), /^ending: .* 13 s at most; a second signal \(Ctrl-C\) ends at once$/);
  // npm sends the same one again
  ending.receive('SIGTERM');
  assert.deepEqual([results, codes], [[], []]);
  await later();
  ending.receive('SIGINT');
  // the exit code is that of the first
  assert.deepEqual([said.length, results, codes], [1, ['captured 7'], [143]]);
});

test('a command that has not begun, and does not end by itself, is ended', async () => {
  const { ending, said, codes } = watched();
  ending.receive('SIGINT');
  assert.deepEqual([said, codes], [[], []]);
  while (codes.length === 0) await sleep(20);
  assert.deepEqual(codes, [130]);
});

test('one that begins after the signal drains, and one that has ended is left alone', async () => {
  const { ending, said, codes } = watched();
  ending.receive('SIGINT');
  ending.begin({ drains: 9 });
  assert.equal(said.length, 1);
  const other = watched();
  other.ending.receive('SIGINT');
  other.ending.settle();
  await sleep(2500);
  assert.deepEqual([codes, other.codes], [[], []]);
});

test('only errors of an abort are one', () => {
  assert.ok(isAbort(AbortSignal.abort().reason));
  assert.ok(!isAbort(new TypeError('x')));
  assert.ok(!isAbort(undefined));
});
