import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '@facepipe/service';
import { Feed } from '../../dist/feed/feed.js';

const face = '01JD0000000000000000000001';
const visit = '01JD0000000000000000000009';

/** A feed whose clock goes by hand. */
function stage() {
  let time = 1000;
  const clock: Clock = { now: () => time, elapsed: () => time, sleep: () => Promise.resolve() };
  const hello = { version: '1', mode: 'demo', title: 'door', video: true, objects: true, steps: [] } as const;
  const feed = new Feed({ ...hello, clock });
  const pass = (ms: number) => {
    time += ms;
  };
  return { feed, pass };
}

const payload = (length: number) => ({ bytes: new Uint8Array(length), contentType: 'image/png' });

test('a face has the times of its steps, each the first one told', () => {
  const { feed, pass } = stage();
  feed.face({ id: face, device: 'door', captured: 900, payload: payload(10) });
  feed.step(face, 'edge');
  pass(50);
  feed.step(face, 'edge');
  feed.step(face, 'stored', { key: 'a/b.png' });
  const [picture] = feed.state().pictures ?? [];
  assert.deepEqual(picture?.steps, { edge: 1000, stored: 1050 });
  assert.equal(picture?.key, 'a/b.png');
  assert.equal(picture?.bytes, 10);
  assert.equal(picture?.kept, true);
});

test('a step of a face that nobody knows is not remembered', () => {
  const { feed } = stage();
  feed.step(face, 'stored');
  assert.deepEqual(feed.state().pictures, []);
});

test('only what changed since the last time is told, and only while somebody looks', () => {
  const { feed } = stage();
  feed.face({ id: face, device: 'door' });
  assert.equal(feed.patch(), undefined);
  feed.viewers = 1;
  assert.deepEqual(feed.patch(), { type: 'patch', now: 1000, viewers: 1 });
  feed.step(face, 'edge');
  const patch = feed.patch();
  assert.deepEqual(
    patch?.pictures?.map(({ id }) => id),
    [face],
  );
  assert.equal(patch?.devices, undefined);
  assert.equal(feed.patch(), undefined);
});

test('a visit is opened, has its picture, and ends; what comes late does not open it again', () => {
  const { feed } = stage();
  const begin = new Date(500).toISOString();
  feed.visit('door', { type: 'begin', visit, begin, active: 1 });
  assert.equal(feed.state().devices?.[0]?.active, 1);
  feed.visit('door', { type: 'picture', visit, begin, frames: 3, picture: face, quality: 70, active: 1 });
  const end = new Date(900).toISOString();
  feed.visit('door', { type: 'end', visit, begin, end, frames: 9, quality: 70, active: 0 });
  feed.visit('door', { type: 'begin', visit, begin, active: 0 });
  assert.deepEqual(feed.state().visits, [
    { visit, device: 'door', begin: 500, end: 900, frames: 9, quality: 70, pictures: [face] },
  ]);
});

test('a device that is cleared is gone, and said to be', () => {
  const { feed } = stage();
  feed.viewers = 1;
  const status = { instance: 'i', version: '1', since: new Date(0).toISOString(), uptime: 1 };
  feed.status('door', { ...status, state: 'online', totals: { spooled: 4, lost: 1 }, rates: {}, active: 2 });
  const [device] = feed.patch()?.devices ?? [];
  assert.deepEqual([device?.outstanding, device?.lost, device?.active], [4, 1, 2]);
  feed.status('door', undefined);
  assert.deepEqual(feed.patch()?.gone?.devices, ['door']);
});

test('a device whose program is gone has no visits', () => {
  const { feed } = stage();
  feed.visit('door', { type: 'begin', visit, begin: new Date(500).toISOString(), active: 1 });
  const status = { instance: 'i', version: '1', since: new Date(0).toISOString(), uptime: 1 };
  feed.status('door', { ...status, state: 'offline', totals: {}, rates: {}, active: 2 });
  assert.equal(feed.state().devices?.[0]?.active, 0);
  assert.equal(feed.state().visits?.[0]?.end, 1000);
});

test('a hop says since when it is as it is, and why until it is up again', () => {
  const { feed, pass } = stage();
  feed.hop({ hop: 'edge', title: 'Edge broker', state: 'up', counts: { published: 1 } });
  feed.hop({ hop: 'store', state: 'up' });
  pass(100);
  feed.hop({ hop: 'edge', state: 'down', reason: 'it is away' });
  pass(100);
  feed.hop({ hop: 'edge', state: 'down', reason: 'it is away', counts: { waiting: 2 } });
  const [edge, store] = feed.state().hops ?? [];
  assert.equal(store?.hop, 'store');
  assert.deepEqual(edge, {
    hop: 'edge',
    title: 'Edge broker',
    state: 'down',
    reason: 'it is away',
    since: 1100,
    counts: { published: 1, waiting: 2 },
  });
  feed.hop({ hop: 'edge', state: 'up' });
  assert.equal(feed.state().hops?.[0]?.reason, undefined);
});

test('a problem that is said again is one problem, with its last time', () => {
  const { feed, pass } = stage();
  const problem = { level: 'warn', text: 'the broker is away', code: 'FACEPIPE_E_BROKER_LOST' } as const;
  feed.problem(problem);
  pass(10);
  feed.problem(problem);
  const [told, ...others] = feed.state().problems ?? [];
  assert.deepEqual(others, []);
  const { help, ...rest } = told ?? assert.fail();
  assert.deepEqual(rest, { ...problem, problem: 1, time: 1010 });
  assert.match(help ?? '', /^https:\/\/.*#facepipe_e_broker_lost$/);
});

test('ten thousand faces are not remembered, and neither are their pictures', () => {
  const { feed } = stage();
  feed.viewers = 1;
  for (let i = 0; i < 10_000; i++) {
    const id = `01JD${String(i).padStart(22, '0')}`;
    feed.face({ id, device: 'door', payload: payload(50_000) });
    if (i % 100 === 0) feed.patch();
  }
  const { pictures = [] } = feed.state();
  assert.equal(pictures.length, 2000);
  const kept = pictures.filter(({ kept }) => kept);
  // 64 MiB of 50,000 bytes
  assert.equal(kept.length, Math.floor((64 * 2 ** 20) / 50_000));
  for (const { id } of kept) assert.ok(feed.payload(id));
});
