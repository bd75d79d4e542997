import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putDeadline, within } from '../../dist/store/deadline.js';

const late = () => new Error('late');
const never = () => new Promise<never>(() => {});

test('work that ends in time is as it would be without', async () => {
  assert.equal(await within(60_000, undefined, late, async () => 'done'), 'done');
  const failing = within(60_000, undefined, late, async () => {
    throw new Error('failed');
  });
  await assert.rejects(failing, /failed/);
});

test('work that knows nothing of its signal is left at the deadline, and its own end matters no more', async () => {
  await assert.rejects(within(1, undefined, late, never), /late/);
  let fail = () => {};
  const deaf = within(1, undefined, late, () => {
    return new Promise((_resolve, reject) => {
      fail = () => reject(new Error('much later'));
    });
  });
  await assert.rejects(deaf, /late/);
  fail();
});

test('work that ends with the signal is told to be late, whatever it says', async () => {
  const obedient = (signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  await assert.rejects(within(1, undefined, late, obedient), /late/);
});

test('the caller may end it', async () => {
  await assert.rejects(within(60_000, AbortSignal.abort(), late, never), { name: 'AbortError' });
  const stop = new AbortController();
  const work = within(60_000, stop.signal, late, never);
  stop.abort();
  await assert.rejects(work, { name: 'AbortError' });
});

test('a put has a minute, and a second more for each 4 KiB', () => {
  assert.deepEqual([0, 1, 8192, 2 ** 20].map(putDeadline), [60_000, 61_000, 62_000, 316_000]);
});
