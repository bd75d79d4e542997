import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Link, OutgoingMessage } from '@facepipe/wire';
import { LinkPublisher } from '../../dist/forward/link-publisher.js';
import { handClock } from '../hand-clock.js';

/** A link that is told what its broker answers. Real ones are in the tests of the forwarder. */
function scripted() {
  const under = new Map<string, { answer: (routed: boolean) => void; fail: (error: Error) => void }>();
  const publish: Link['publish'] = ({ payload }, { signal } = {}) =>
    new Promise((resolve, reject) => {
      under.set(String(payload), { answer: (routed) => resolve({ routed }), fail: reject });
      signal?.addEventListener('abort', () => {
        under.delete(String(payload));
        reject(signal.reason);
      });
    });
  const { clock, pass } = handClock();
  return { under, publisher: new LinkPublisher({ publish, url: 'mqtt://b' }, clock), pass };
}
const say = (text: string): OutgoingMessage => ({ topic: 'a', payload: Buffer.from(text) });
const settled = async () => {
  for (let n = 0; n < 3; n++) await new Promise(setImmediate);
};
const codeOf = (error: unknown) => (error as { code?: string }).code;

test('publishes are numbered, and an answer or an error is an outcome', async () => {
  const { under, publisher } = scripted();
  const [one, two] = [publisher.publish(say('one')), publisher.publish(say('two'))];
  under.get('one')?.answer(false);
  under.get('two')?.fail(new Error('no'));
  assert.deepEqual(await one, { order: 1, routed: false });
  assert.deepEqual(await two, { order: 2, error: new Error('no') });
});

test('of messages on their way at two losses the one that is alone on its way at the next is given up', async () => {
  const { under, publisher } = scripted();
  const all = ['one', 'poison', 'two', 'needless'].map((text) =>
    publisher.publish(say(text), {
      needless: () => (text === 'needless' ? new Error('no more') : undefined),
    }),
  );
  publisher.lost();
  assert.equal(under.size, 4);
  publisher.lost();
  await settled();
  assert.deepEqual([...under.keys()], ['one'], 'one at a time');
  under.get('one')?.answer(true);
  under.delete('one');
  await settled();
  assert.deepEqual([...under.keys()], ['poison']);
  publisher.lost();
  await settled();
  assert.deepEqual([...under.keys()], [], 'there is time to ask with another');
  const witness = publisher.publish(say('witness'), { urgent: true });
  await settled();
  assert.deepEqual([...under.keys()], ['witness']);
  under.get('witness')?.answer(true);
  under.delete('witness');
  await settled();
  assert.deepEqual([...under.keys()], ['two']);
  under.get('two')?.answer(true);
  const [one, poison, two, needless] = await Promise.all(all);
  assert.ok(one && 'routed' in one && two && 'routed' in two && poison && 'error' in poison);
  assert.equal(codeOf(poison.error), 'FACEPIPE_E_FORWARD_HUNG_UP');
  assert.ok((await witness).order > poison.order, 'what passes after it says that it is about the message');
  assert.ok(needless && 'error' in needless && needless.error.message === 'no more');

  const again = publisher.publish(say('poison'), { suspect: true });
  await settled();
  publisher.lost();
  assert.ok('error' in (await again), 'a suspect at the first loss');
});

test('a message without an answer is given up some time after a later one was answered', async () => {
  const { under, publisher, pass } = scripted();
  const first = publisher.publish(say('first'));
  const second = publisher.publish(say('second'));
  under.get('second')?.answer(true);
  await second;
  pass(4999);
  await settled();
  assert.ok(under.has('first'));
  // its answer may have gone with the connection
  publisher.lost();
  pass(4999);
  await settled();
  assert.ok(under.has('first'));
  const third = publisher.publish(say('third'));
  under.get('third')?.answer(true);
  await third;
  pass(4999);
  await settled();
  assert.ok(under.has('first'));
  pass(1);
  const outcome = await first;
  assert.ok('error' in outcome);
  assert.equal(codeOf(outcome.error), 'FACEPIPE_E_FORWARD_PASSED_OVER');
});
