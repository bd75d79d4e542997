import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type FaceIdentity, WriteQueue } from '../../dist/spool/write-queue.js';

/** An encoder that ends when told. */
function encoder() {
  const calls: { identity: FaceIdentity; done: (encoded: string) => void; fail: (error: Error) => void }[] =
    [];
  const encode = (identity: FaceIdentity) =>
    new Promise<string>((done, fail) => {
      calls.push({ identity, done, fail });
    });
  return { calls, encode };
}

const seqs = (queue: WriteQueue<string>) => [...queue.ready()].map(({ identity }) => identity.seq);

test('faces are ready in the order of their seqs', async () => {
  const queue = new WriteQueue<string>('stream', 41, '', () => {});
  const { calls, encode } = encoder();
  const kept = [queue.add(encode), queue.add(encode), queue.add(encode)];
  calls[1]?.done('second');
  await turn();
  assert.deepEqual(seqs(queue), []);
  calls[0]?.done('first');
  await turn();
  assert.deepEqual(seqs(queue), [42, 43]);
  queue.stored(2);
  calls[2]?.done('third');
  await turn();
  queue.stored(1);
  const identities = await Promise.all(kept);
  assert.deepEqual(
    identities.map(({ seq }) => seq),
    [42, 43, 44],
  );
  const ids = identities.map(({ id }) => id);
  assert.deepEqual([...ids].sort(), ids);
});

test('one that fails gives its seq to the next, which is encoded again', async () => {
  const queue = new WriteQueue<string>('stream', 0, '', () => {});
  const { calls, encode } = encoder();
  const [first, second, third] = [queue.add(encode), queue.add(encode), queue.add(encode)];
  calls[2]?.done('third, as 3');
  await turn();
  calls[0]?.fail(new Error('no picture'));
  await assert.rejects(first, /no picture/);
  assert.deepEqual(
    calls.map(({ identity }) => identity.seq),
    [1, 2, 3, 1, 2],
  );
  // the outcome of a call for a seq it no longer has says nothing
  calls[1]?.fail(new Error('too late'));
  calls[3]?.done('second, as 1');
  calls[4]?.done('third, as 2');
  await turn();
  assert.deepEqual(
    [...queue.ready()].map(({ encoded }) => encoded),
    ['second, as 1', 'third, as 2'],
  );
  queue.stored(2);
  assert.equal((await second).seq, 1);
  assert.equal((await third).seq, 2);
  assert.equal((await third).id, calls[2]?.identity.id);
});

test('refused faces give their seqs back too', async () => {
  const queue = new WriteQueue<string>('stream', 0, '', () => {});
  const { calls, encode } = encoder();
  const [first, second] = [queue.add(encode), queue.add(encode)];
  calls[0]?.done('first');
  await turn();
  queue.refuse(1, new Error('disk full'));
  await assert.rejects(first, /disk full/);
  assert.equal(calls[2]?.identity.seq, 1);
  calls[2]?.done('second, as 1');
  await turn();
  queue.stored(1);
  assert.equal((await second).seq, 1);
  assert.equal(queue.size, 0);
});
