import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { SpoolOptions } from '../../dist/spool/spool.js';
import { append, count, day, defaults, dropped, face, folder, open, pending } from './small-spool.js';

test('without room the oldest go, and their ranges wait to be announced across a restart', async (t) => {
  const path = folder(t);
  const options: SpoolOptions = { ...defaults, maxBytes: 10_500 };
  const first = await open(t, path, options);
  await append(first, 25);
  const { faces, bytes } = first.stats();
  assert.ok(bytes <= 10_500 && faces === 9, `${faces} faces, ${bytes} bytes`);
  assert.deepEqual(pending(first), count(17, 25));
  await first.close();
  const second = await open(t, path, options);
  assert.deepEqual(pending(second), count(17, 25));
  await assert.rejects(
    second.takeDropped('a', async () => {
      throw new Error('no broker');
    }),
    /no broker/,
  );
  await append(second, 2);
  assert.deepEqual(await dropped(second), [{ broker: 'a', from: 1, to: 18, reason: 'full' }]);
  assert.deepEqual(await dropped(second), []);
  assert.equal(second.stats().brokers.get('a')?.dropped, 18);
  await assert.rejects(
    second.append((identity) => face(identity, 11_000)),
    { code: 'FACEPIPE_E_SPOOL_FACE_TOO_LARGE' },
  );
});

test('with stop, append waits for room', async (t) => {
  const spool = await open(t, folder(t), { maxBytes: 3500, full: 'stop' });
  await append(spool, 3);
  let stored = false;
  const waiting = append(spool, 1).then(([identity]) => {
    stored = true;
    return identity;
  });
  while (!spool.stats().full) await turn();
  assert.equal(stored, false);
  spool.settle('a', 2);
  assert.equal((await waiting)?.seq, 4);
  assert.deepEqual(pending(spool), [1, 3, 4]);
  assert.deepEqual(await dropped(spool), []);
  spool.settle('a', 1);
  const stop = new AbortController();
  await spool.append((identity) => face(identity), stop.signal);
  const refused = spool.append((identity) => face(identity), stop.signal);
  while (!spool.stats().full) await turn();
  stop.abort();
  await assert.rejects(refused, { code: 'FACEPIPE_E_SPOOL_NO_ROOM' });
  const late = spool.append((identity) => face(identity));
  await Promise.all([assert.rejects(late, { code: 'FACEPIPE_E_SPOOL_NO_ROOM' }), spool.close()]);
  await assert.rejects(append(spool, 1), { code: 'FACEPIPE_E_SPOOL_CLOSED' });
});

test('faces expire by the time that passes, not by a clock that is set', async (t) => {
  const path = folder(t);
  const moment = { now: Date.UTC(2027, 0, 1), elapsed: 0 };
  const clock = { now: () => moment.now, elapsed: () => moment.elapsed };
  const spool = await open(t, path, { ttl: day, clock });
  await append(spool, 1);
  moment.now += 100 * day;
  spool.expire();
  assert.deepEqual(pending(spool), [1]);
  moment.elapsed += day / 2;
  assert.deepEqual(spool.stats().oldest, new Date(moment.now - day / 2));
  await append(spool, 1);
  moment.elapsed += day / 2 + 1;
  spool.expire();
  assert.deepEqual(pending(spool), [2]);
  assert.deepEqual(await dropped(spool), [{ broker: 'a', from: 1, to: 1, reason: 'expired' }]);
  await append(spool, 1);
  await spool.close();
  moment.now += day - 1000;
  const later = await open(t, path, { ttl: day, clock });
  await append(later, 1);
  assert.deepEqual(pending(later), [3, 4]);
});

test('a start with the clock ahead expires nothing, nor do the starts after it', async (t) => {
  const path = folder(t);
  const moment = { now: Date.UTC(2027, 0, 1), elapsed: 0 };
  const clock = { now: () => moment.now, elapsed: () => moment.elapsed };
  const first = await open(t, path, { clock });
  await append(first, 2);
  await first.close();
  for (const days of [30, 0, 400, 20_000, 0, 6, 0, 6]) {
    moment.now = Date.UTC(2027, 0, 1) + days * day;
    moment.elapsed += 1000;
    const spool = await open(t, path, { clock });
    spool.expire();
    await append(spool, 1);
    assert.deepEqual(pending(spool).slice(0, 2), [1, 2], `${days} days ahead`);
    await spool.close();
  }
});
