import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FacepipeError } from '@facepipe/service';
import type { OutgoingMessage } from '@facepipe/wire';
import { DeadLetters } from '../../dist/forward/dead-letters.js';
import { handClock } from '../hand-clock.js';

const message = {
  topic: 'facepipe/door/faces',
  payload: Buffer.from('x'.repeat(100)),
  qos: 1 as const,
  retain: false,
  duplicate: false,
  userProperties: {},
};

/** A source that is told what it answers. Real ones are in the tests of the forwarder. */
function scripted(answer: (letter: OutgoingMessage) => string | undefined, connected = true) {
  const sent: string[] = [];
  const publisher = {
    publish: async (letter: OutgoingMessage) => {
      const { payload } = JSON.parse(String(letter.payload)) as { payload?: string };
      sent.push(`${letter.topic} ${payload ? 'full' : 'bare'}`);
      const code = answer(letter);
      return code ? { order: 1, error: new FacepipeError(code, 4, code) } : { order: 1, routed: true };
    },
  };
  const { clock, pass } = handClock();
  const letters = new DeadLetters(publisher, () => connected, clock);
  return { sent, send: (device?: string) => letters.send(message, device, 'refused', 'No.'), pass };
}

test('a letter that is refused goes without its payload, one that is denied does not go again', async () => {
  const large = scripted(({ payload }) => (payload.length > 250 ? 'FACEPIPE_E_TOO_LARGE' : undefined));
  assert.deepEqual(await large.send('door'), { subscribed: true, dead: undefined });
  const denied = scripted(() => 'FACEPIPE_E_PUBLISH_DENIED');
  assert.ok('lost' in (await denied.send('door')));
  await denied.send('door');
  assert.deepEqual(
    [large.sent, denied.sent],
    [
      ['facepipe/door/dead full', 'facepipe/door/dead bare'],
      ['facepipe/door/dead full', 'facepipe/door/dead full'],
    ],
  );
});

test('letters that the source does not answer rest for a minute, those of other devices do not', async () => {
  const { sent, send, pass } = scripted(({ topic }) =>
    topic === 'facepipe/door/dead' ? 'FACEPIPE_E_PUBLISH_TIMEOUT' : undefined,
  );
  for (let n = 0; n < 3; n++) assert.ok('lost' in (await send('door')));
  assert.ok('subscribed' in (await send('window')));
  pass(59_999);
  await send('door');
  assert.deepEqual(sent, ['facepipe/door/dead full', 'facepipe/door/dead bare', 'facepipe/window/dead full']);
  pass(1);
  await send('door');
  assert.equal(sent[3], 'facepipe/door/dead full');
});

test('while the source is away nothing is given up', async () => {
  const { send } = scripted(() => 'FACEPIPE_E_PUBLISH_TIMEOUT', false);
  await assert.rejects(send('door'), { code: 'FACEPIPE_E_PUBLISH_TIMEOUT' });
});

test('a device that makes no topic goes with those that have none', async () => {
  const { sent, send } = scripted(() => undefined);
  for (const device of [undefined, 'x'.repeat(65_530), 'a+b']) await send(device);
  assert.deepEqual([...new Set(sent)], ['facepipe/_/dead full']);
});
