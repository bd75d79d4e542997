import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@facepipe/service';
import { encodeVisit, type IncomingMessage, type OutgoingMessage } from '@facepipe/wire';
import { edgeError } from '../../dist/errors.js';
import { type ForwardEvent, noTotals } from '../../dist/forward/event.js';
import type { Outcome } from '../../dist/forward/link-publisher.js';
import { VisitCarrier, visitsRoute } from '../../dist/forward/visit-carrier.js';
import { handClock } from '../hand-clock.js';

const faces = { fromTopic: 'facepipe/+/faces', toTopic: 'cloud/{device}/faces', qos: 2 as const };
const topicOf = (device: string) => `facepipe/${device}/visits`;

const event = (device: string, more: Partial<IncomingMessage> = {}): IncomingMessage => ({
  topic: topicOf(device),
  payload: encodeVisit({ type: 'begin', visit: newId(), begin: '2026-11-21T12:34:56.789Z', active: 1 }),
  ...{ qos: 0, retain: false, duplicate: false, userProperties: {}, contentType: 'application/json' },
  ...more,
});

/** Links that are told what their brokers answer. Real ones are in the tests of the forwarder. */
function scripted(answer: (message: OutgoingMessage) => Outcome | Promise<Outcome>) {
  const asked: { filter: string; refuse: (error: Error) => void; grant: () => void }[] = [];
  const left: string[] = [];
  const sent: OutgoingMessage[] = [];
  const events: ForwardEvent[] = [];
  const totals = noTotals();
  const route = visitsRoute(faces, false) ?? assert.fail();
  const { clock, pass } = handClock();
  const visits = new VisitCarrier({
    ...{ route, token: 'me', clock, totals, onEvent: (event) => events.push(event) },
    from: {
      subscribe: (filter) => new Promise((grant, refuse) => asked.push({ filter, grant, refuse })),
      unsubscribe: async (filter) => void left.push(filter),
    },
    publisher: {
      publish: async (message) => {
        sent.push(message);
        return answer(message);
      },
    },
  });
  return { visits, asked, left, sent, events, totals, pass };
}
const taken = (): Outcome => ({ order: 1, routed: true });
const settled = () => new Promise(setImmediate);

test('visits go beside the faces, where both topics end in faces', () => {
  const routes = (fromTopic: string, toTopic: string) => visitsRoute({ fromTopic, toTopic, qos: 1 }, false);
  const shared = routes('$share/site/facepipe/+/faces', 'cloud/{device}/faces');
  assert.equal(shared?.filter, '$share/site/facepipe/+/visits');
  assert.equal(shared.outgoing(event('door'), 'door', 'me').topic, 'cloud/door/visits');
  assert.equal(routes('facepipe/door/faces', 'site/door/faces')?.filter, 'facepipe/door/visits');
  for (const [fromTopic, toTopic] of [
    ['facepipe/+/faces', 'cloud/{device}'],
    ['hw3', 'facepipe/tx2/faces'],
    ['facepipe/#', 'cloud/device/faces'],
    ['facepipe/+/surfaces', 'cloud/{device}/faces'],
  ] as const)
    assert.equal(routes(fromTopic, toTopic), undefined, `${fromTopic} to ${toTopic}`);
});

test('an event goes on with QoS 1 and the token; what is none, is retained or went round does not', async () => {
  const { visits, sent, totals } = scripted(taken);
  const message = event('door');
  visits.carry(message);
  visits.carry(event('door', { payload: Buffer.from('{}') }));
  visits.carry(event('door', { retain: true }));
  visits.carry(event('door', { userProperties: { via: 'other me' } }));
  await settled();
  const { payload } = message;
  assert.deepEqual(sent, [
    {
      ...{ topic: 'cloud/door/visits', payload, qos: 1 },
      ...{ userProperties: { via: 'me' }, contentType: 'application/json' },
    },
  ]);
  assert.deepEqual([totals.visits, totals.visitsMissed], [1, 0]);
});

test('beyond a thousand without an answer events are counted and not sent', async () => {
  const answers: (() => void)[] = [];
  const { visits, sent, totals } = scripted(
    () => new Promise((resolve) => answers.push(() => resolve(taken()))),
  );
  for (let n = 0; n < 1001; n++) visits.carry(event('door'));
  assert.deepEqual([sent.length, totals.visitsMissed], [1000, 1]);
  answers[0]?.();
  await settled();
  visits.carry(event('door'));
  assert.deepEqual([sent.length, totals.visits, totals.visitsMissed], [1001, 1, 1]);
});

test('a device whose events the target hangs up on rests, and the others do not', async () => {
  const error = edgeError('FACEPIPE_E_FORWARD_HUNG_UP', { broker: 'b', topic: 't', size: 1 });
  let fixed = false;
  const { visits, sent, events, totals, pass } = scripted(({ topic }) =>
    topic === 'cloud/hall/visits' && !fixed ? { order: 1, error } : taken(),
  );
  const carry = async (device: string) => {
    visits.carry(event(device));
    await settled();
  };
  for (const device of ['hall', 'hall', 'door']) await carry(device);
  assert.deepEqual([sent.length, totals.visits, totals.visitsMissed], [2, 1, 2]);
  pass(60_000);
  for (let n = 0; n < 2; n++) await carry('hall');
  pass(60_000);
  await carry('hall');
  assert.equal(sent.length, 3, 'the second rest is longer');
  assert.deepEqual(events, [{ type: 'stray', topic: topicOf('hall'), error }], 'told once');
  fixed = true;
  pass(180_000);
  await carry('hall');
  assert.deepEqual([sent.length, totals.visits], [4, 2]);
});

test('a subscription that is refused, or that connections are lost for, is asked for again later', async () => {
  const { visits, asked, left, events, pass } = scripted(taken);
  visits.watch();
  visits.watch();
  const error = new Error('no');
  asked[0]?.refuse(error);
  await settled();
  assert.deepEqual(events, [{ type: 'stray', topic: 'facepipe/+/visits', error }]);
  visits.watch();
  assert.equal(asked.length, 1, 'it rests');
  pass(60_000);
  visits.watch();
  visits.sourceLost();
  assert.deepEqual(left, []);
  visits.sourceLost();
  assert.deepEqual(left, ['facepipe/+/visits']);
  pass(239_999);
  visits.watch();
  assert.equal(asked.length, 2);
  pass(1);
  visits.watch();
  asked[2]?.grant();
  await settled();
  visits.sourceLost();
  visits.sourceLost();
  visits.watch();
  assert.deepEqual([asked.length, left.length], [3, 1]);
});
