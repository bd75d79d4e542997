import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '@facepipe/wire';
import { brokers, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { faces, holdsExactly, publishAll, Scene } from '../support/sink-scene.js';
import { stores } from '../support/stores.js';
import { until } from '../support/until.js';

test('a stranger who takes the session of a sink and leaves a subscription in it stops nothing', {
  skip: mosquittoMissing,
}, async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(startMosquitto({ persistence: true }));
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  const clientId = 'guessed';
  const first = await scene.sink(url, scene.store(place), { link: { url, clientId } });
  const stranger = await connect({ url, clientId, clean: false });
  for (const filter of ['private/#', 'facepipe/+/dead']) await stranger.subscribe(filter, async () => {});
  await stranger.close();
  await until('the sink is back', () => first.connected);
  const letters: { reason: string; topic: string; payload?: string }[] = [];
  const other = await scene.link(url);
  await other.subscribe(
    'facepipe/+/dead',
    async ({ payload }) => void letters.push(JSON.parse(payload.toString())),
  );
  await other.publish({ topic: 'private/note', payload: Buffer.from('kept') });
  const [sent] = [await faces(3)];
  await publishAll(other, sent);
  await until('the faces are stored', () => first.totals.stored === 3);
  await until('what nobody asked for is a dead letter', () => letters.length > 0);
  await until('and its letter, which came back, dropped', () =>
    first.events.some(({ type }) => type === 'stray'),
  );
  const kept = letters.map(({ reason, topic, payload }) => [
    reason,
    topic,
    Buffer.from(payload ?? '', 'base64').toString(),
  ]);
  assert.deepEqual(kept, [['unclaimed', 'private/note', 'kept']]);
  assert.equal(first.totals.received, first.totals.stored + first.totals.dead);
  await until('all is acknowledged', () => first.held === 0);
});

for (const broker of brokers) {
  test(`${broker.name}: two sinks that cannot know of each other do no harm`, {
    skip: broker.missing,
  }, async (t) => {
    const scene = new Scene(t);
    const { url } = await scene.broker(broker.start());
    const place = await scene.place(stores[0]?.open() ?? assert.fail());
    const store = scene.store(place);
    const sinks = [await scene.sink(url, store), await scene.sink(url, store)];
    const sent = await faces(60);
    await publishAll(await scene.link(url), sent);
    const stored = () => sinks.reduce((sum, { totals }) => sum + totals.stored, 0);
    await until('all are stored', () => stored() >= 60);
    await holdsExactly(place, sent);
    assert.equal(stored(), 60);
    assert.ok(
      sinks.some(({ events }) => events.some(({ type }) => type === 'offline')),
      'they met',
    );
  });
}

test('a group shares the faces, and a member that leaves takes none with it', {
  skip: mosquittoMissing,
}, async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(startMosquitto());
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  const store = scene.store(place);
  const one = await scene.sink(url, store, { group: 'g', member: 'one', concurrency: 2 });
  const two = await scene.sink(url, store, { group: 'g', member: 'two', concurrency: 2 });
  const sent = await faces(200);
  const link = await scene.link(url);
  const publishing = publishAll(link, sent);
  await until('both have some', () => one.totals.stored > 5 && two.totals.stored > 5);
  await one.stop();
  await publishing;
  await until('all are stored', () => one.totals.stored + two.totals.stored >= 200);
  await holdsExactly(place, sent);
});

test('a group is refused in one sentence where there are no shared subscriptions', async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(brokers[1]?.start() ?? assert.fail());
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  await assert.rejects(scene.sink(url, scene.store(place), { group: 'g' }), {
    code: 'FACEPIPE_E_SHARED_UNSUPPORTED',
    exit: 2,
    message: /no shared subscriptions.*3\.1\.1/,
  });
});
