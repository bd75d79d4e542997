import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@facepipe/service';
import type { OutgoingMessage, VisitMessage } from '@facepipe/wire';
import { VisitSender } from '../../dist/publish/visit-sender.js';
import { handClock } from '../hand-clock.js';

/** A link that is told what its broker answers. Real ones are in the tests of the publisher. */
function scripted() {
  const sent: { message: OutgoingMessage; answer: () => void; refuse: (error: Error) => void }[] = [];
  const link = {
    connected: true,
    publish: (message: OutgoingMessage, { signal }: { signal?: AbortSignal } = {}) =>
      new Promise<{ routed: boolean }>((resolve, refuse) => {
        signal?.addEventListener('abort', () => refuse(signal.reason));
        sent.push({ message, answer: () => resolve({ routed: true }), refuse });
      }),
  };
  const { clock, pass } = handClock();
  return { sent, link, pass, visits: new VisitSender({ name: 'door', link, clock }) };
}
const begun = (): VisitMessage => ({
  type: 'begin',
  visit: newId(),
  begin: '2026-11-21T12:34:56.789Z',
  active: 1,
});
const settled = () => new Promise(setImmediate);

test('an event goes with QoS 1 as JSON, and is not retained', () => {
  const { sent, visits } = scripted();
  const message = begun();
  visits.send(message);
  assert.deepEqual(
    sent.map(({ message }) => ({ ...message, payload: JSON.parse(String(message.payload)) })),
    [{ topic: 'facepipe/door/visits', payload: message, qos: 1, contentType: 'application/json' }],
  );
});

test('without the broker, and beyond a thousand without an answer, events are counted and not sent', async () => {
  const { sent, link, visits } = scripted();
  link.connected = false;
  visits.send(begun());
  assert.deepEqual([sent.length, visits.missed], [0, 1]);
  link.connected = true;
  for (let n = 0; n < 1002; n++) visits.send(begun());
  assert.deepEqual([sent.length, visits.missed], [1000, 3]);
  sent[0]?.answer();
  await settled();
  visits.send(begun());
  visits.send(begun());
  assert.deepEqual([sent.length, visits.missed], [1001, 4]);
});

test('what the broker refuses, and what is no event, is counted', async () => {
  const { sent, visits } = scripted();
  visits.send(begun());
  sent[0]?.refuse(new Error('denied'));
  visits.send({ ...begun(), active: -1 });
  visits.send(undefined as unknown as VisitMessage);
  await settled();
  assert.deepEqual([sent.length, visits.missed], [1, 3]);
});

test('a broker that hangs up for events is left without them, for longer each time', async () => {
  const { sent, pass, visits } = scripted();
  const hangUp = async () => {
    for (let n = 0; n < 3; n++) visits.connected();
    await settled();
  };
  visits.send(begun());
  visits.connected();
  visits.connected();
  await settled();
  assert.equal(visits.missed, 0, 'an event outlives two losses of the connection');
  visits.connected();
  await settled();
  assert.equal(visits.missed, 1);
  for (const rest of [60_000, 240_000]) {
    const before = sent.length;
    pass(rest - 1);
    visits.send(begun());
    assert.equal(sent.length, before, 'it rests');
    pass(1);
    visits.send(begun());
    assert.equal(sent.length, before + 1);
    await hangUp();
  }
  pass(960_000);
  visits.send(begun());
  sent.at(-1)?.answer();
  await settled();
  visits.send(begun());
  await hangUp();
  pass(60_000);
  visits.send(begun());
  assert.equal(sent.length, 6, 'an answer ends it');
});
