import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { newId } from '@facepipe/service';
import { connect, decodeVisit, encodeVisit, type IncomingMessage, type Link } from '@facepipe/wire';
import { startForwarder } from 'facepipe';
import { startMosquitto } from '../support/brokers.js';
import { everybody, forward, guarded, listen, options, run, say, texts } from '../support/hop.js';
import { until } from '../support/until.js';

const begun = (active = 1) => ({
  type: 'begin' as const,
  ...{ visit: newId(), begin: '2026-11-21T12:34:56.789Z', active },
});
const tell = (link: Link, device: string, payload = encodeVisit(begun())) =>
  link.publish({ topic: `facepipe/${device}/visits`, payload, contentType: 'application/json' });
const of = (device: string, messages: IncomingMessage[]) =>
  messages.filter(({ topic }) => topic === `facepipe/${device}/visits`);

async function client(t: TestContext, { url }: { url: string }): Promise<Link> {
  const link = await connect({ url });
  t.after(() => link.close({ timeout: 0 }));
  return link;
}

/** Until an event has passed: the forwarder does not wait for the subscription. */
const passing = (link: Link, arrived: () => number) =>
  until('events pass', async () => {
    await tell(link, 'probe');
    return arrived() > 0;
  });

test('what happens to visits goes beside the faces, in its order, and not among them', options, async (t) => {
  const [edge, cloud] = [await run(t, startMosquitto()), await run(t, startMosquitto())];
  const atCloud = await listen(t, cloud.url, '#');
  const { forwarder } = await forward(t, edge, cloud);
  const camera = await client(t, edge);
  await passing(camera, () => of('probe', atCloud.messages).length);
  const { messages } = atCloud;
  const events = Array.from({ length: 100 }, (_, n) => begun(n));
  await Promise.all([
    ...events.map((event) => tell(camera, 'door', encodeVisit(event))),
    // what is none stays
    tell(camera, 'door', Buffer.from('a picture')),
    say(camera, 'door', ['a face']),
  ]);
  await until('all came', () => of('door', messages).length === 100 && texts(messages).includes('a face'));
  assert.deepEqual(
    of('door', messages).map(({ payload }) => decodeVisit(payload)),
    events,
  );
  const [{ qos, retain, contentType } = assert.fail()] = of('door', messages);
  assert.deepEqual([qos, retain, contentType], [1, false, 'application/json']);
  const others = messages.filter(({ topic }) => !topic.endsWith('/visits'));
  assert.deepEqual(
    others.map(({ topic, payload }) => `${topic} ${payload}`),
    ['facepipe/door/faces a face'],
  );
  await until('all are counted', () => forwarder.totals.visits >= 101 && forwarder.totals.forwarded >= 1);
  const { received, forwarded, dead, visitsMissed } = forwarder.totals;
  assert.deepEqual([received, forwarded, dead, visitsMissed], [1, 1, 0, 0]);
});

test('what happens to visits while the forwarder is away takes no room in its queue', options, async (t) => {
  const [edge, cloud] = [
    await run(t, startMosquitto({ config: ['max_queued_messages 30'] })),
    await run(t, startMosquitto()),
  ];
  const atCloud = await listen(t, cloud.url, '#');
  const { messages } = atCloud;
  const camera = await client(t, edge);
  const first = await forward(t, edge, cloud);
  await passing(camera, () => messages.length);
  await first.forwarder.stop();
  for (let n = 0; n < 50; n++) await tell(camera, 'door');
  await say(
    camera,
    'door',
    Array.from({ length: 20 }, (_, n) => `face ${n}`),
  );
  const second = await forward(t, edge, cloud);
  await until('the faces came', () => second.forwarder.totals.forwarded === 20);
  await passing(camera, () => second.forwarder.totals.visits);
  assert.equal(of('door', messages).length, 0);
});

test(
  'a target whose access rules do not know visits gets the faces, and it is told once',
  options,
  async (t) => {
    const edge = await run(t, startMosquitto());
    const { broker: cloud, allow } = await guarded(t, everybody);
    const atCloud = await listen(t, cloud.url, '#');
    const { forwarder, events, aside } = await forward(t, edge, cloud);
    const camera = await client(t, edge);
    await passing(camera, () => forwarder.totals.visitsMissed);
    for (let n = 0; n < 10; n++) {
      await tell(camera, 'door');
      await say(camera, 'door', [`face ${n}`]);
    }
    await until('the faces came', () => forwarder.totals.forwarded === 10);
    await until('the events are counted', () => forwarder.totals.visitsMissed >= 11);
    const strays = events.flatMap((event) => (event.type === 'stray' ? [event.topic] : []));
    assert.deepEqual(strays.sort(), ['facepipe/door/visits', 'facepipe/probe/visits']);
    assert.deepEqual([aside(), forwarder.totals.dead, forwarder.totals.visits], [[], 0, 0]);
    allow([...everybody, 'topic write facepipe/+/visits']);
    await passing(camera, () => of('probe', atCloud.messages).length);
  },
);

test('forwarders that make a ring let an event go round once', options, async (t) => {
  const [one, other] = [await run(t, startMosquitto()), await run(t, startMosquitto())];
  const [atOne, atOther] = [
    await listen(t, one.url, 'facepipe/+/visits'),
    await listen(t, other.url, 'facepipe/+/visits'),
  ];
  const route = { fromTopic: 'facepipe/+/faces', toTopic: 'facepipe/{device}/faces', qos: 1 as const };
  for (const [from, to, clientId] of [
    [one.url, other.url, 'there'],
    [other.url, one.url, 'back'],
  ] as const) {
    const sides = { from: { url: from, clientId }, to: { url: to, clientId } };
    const forwarder = await startForwarder({ ...route, ...sides }, new AbortController().signal);
    t.after(() => forwarder.stop());
  }
  const probes = () => of('probe', atOne.messages);
  const ids = () => new Set(probes().map(({ payload }) => decodeVisit(payload)?.visit));
  await passing(atOne.link, () => probes().length - ids().size);
  for (let n = 0; n < 10; n++) await tell(atOne.link, 'door');
  await until('all are back', () => of('door', atOne.messages).length === 20);
  // whatever went round again would be before it
  await tell(atOne.link, 'last');
  await until('the last is back', () => of('last', atOne.messages).length === 2);
  assert.deepEqual([of('door', atOne.messages).length, of('door', atOther.messages).length], [20, 10]);
});
