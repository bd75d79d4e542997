import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FacepipeError } from '@facepipe/service';
import type { IncomingMessage, OutgoingMessage } from '@facepipe/wire';
import { Bell } from '../../dist/forward/bell.js';
import { Carrier } from '../../dist/forward/carrier.js';
import { DeadLetters } from '../../dist/forward/dead-letters.js';
import { type ForwardEvent, noTotals } from '../../dist/forward/event.js';
import { LinkPublisher } from '../../dist/forward/link-publisher.js';
import { Route } from '../../dist/forward/route.js';
import { Target } from '../../dist/forward/target.js';
import { handClock } from '../hand-clock.js';

const denied = new FacepipeError('FACEPIPE_E_PUBLISH_DENIED', 4, 'denied');
const away = new FacepipeError('FACEPIPE_E_PUBLISH_TIMEOUT', 4, 'no answer');

/** What the target answers to a message of a device: an error, whether somebody subscribes, or nothing at all. */
type Answer = (device: string, message: OutgoingMessage) => FacepipeError | boolean | undefined;

const face = (device: string, more: Partial<IncomingMessage> = {}): IncomingMessage => ({
  topic: `facepipe/${device}/faces`,
  payload: Buffer.from(device),
  ...{ qos: 1, retain: false, duplicate: false, userProperties: {} },
  ...more,
});

/** A forwarder without its links: a target and a source that are told what they answer, and a clock that stands. */
function scripted(answer: Answer) {
  const { clock, pass, next } = handClock();
  const sent: string[] = [];
  const letters: string[] = [];
  const told: string[] = [];
  const watched: string[] = [];
  const events: ForwardEvent[] = [];
  const totals = noTotals();
  const stopping = new AbortController();
  const bell = new Bell(clock);
  const script = { answer };
  const out = new LinkPublisher(
    {
      url: 'mqtt://target',
      publish: (message, { signal } = {}) => {
        const device = String(message.payload);
        sent.push(device);
        const said = script.answer(device, message);
        if (said instanceof Error) return Promise.reject(said);
        if (said !== undefined) return Promise.resolve({ routed: said });
        return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
      },
    },
    clock,
  );
  const back = {
    publish: async ({ topic }: OutgoingMessage) => {
      letters.push(topic);
      return { order: 1, routed: true };
    },
  };
  const onEvent = (event: ForwardEvent) => events.push(event);
  const shared = { totals, bell, clock, stopping: stopping.signal, onEvent };
  const target = new Target({ ...shared, url: 'mqtt://target', publisher: out });
  const carrier = new Carrier({
    ...{ ...shared, token: 'me', target },
    route: new Route({ fromTopic: 'facepipe/+/faces', toTopic: 'cloud/{device}/faces', qos: 1 }, false),
    letters: new DeadLetters(back, () => true, clock),
    receipts: {
      watch: (device) => void watched.push(device),
      tell: async (device) => void told.push(device),
    },
  });
  const running = carrier.run();
  /** What has become of each message: `acknowledged`, or the reason why not; undefined while it waits. */
  const carry = (message: IncomingMessage) => {
    const state: { now: string | undefined } = { now: undefined };
    carrier.carry(message).then(
      () => {
        state.now = 'acknowledged';
      },
      (error: Error) => {
        state.now = error.message;
      },
    );
    return state;
  };
  /** Time passes, and everything that it brings about comes about; step by step, as waits follow waits. */
  const elapse = async (ms: number) => {
    let left = ms;
    for (await settled(); left > 0; await settled()) {
      const step = Math.min(left, Math.max(1, Math.ceil(next() ?? left)));
      pass(step);
      left -= step;
    }
  };
  const stop = async () => {
    stopping.abort();
    bell.ring();
    await running;
  };
  const kinds = () => events.map(({ type }) => type);
  const heard = { sent, letters, told, watched, kinds };
  return { ...heard, target, totals, carrier, out, script, carry, elapse, next, stop };
}
const settled = async () => {
  for (let n = 0; n < 5; n++) await new Promise(setImmediate);
};
const often = (all: readonly string[], what: string) => all.filter((one) => one === what).length;

test('what the target takes is acknowledged, and its receipts are asked for before it goes', async () => {
  const { carry, watched, sent, totals, stop } = scripted((device) => {
    assert.deepEqual(watched, [device]);
    return true;
  });
  const state = carry(face('door'));
  await settled();
  assert.equal(state.now, 'acknowledged');
  assert.deepEqual([sent, totals.received, totals.forwarded], [['door'], 1, 1]);
  await stop();
});

test('while the target is away a message goes again after each pause, and waits for as long as it takes', async () => {
  const { carry, script, sent, target, kinds, elapse, next, stop } = scripted(() => away);
  const state = carry(face('door'));
  await settled();
  for (let attempt = 1; attempt < 20; attempt++) {
    assert.equal(sent.length, attempt);
    const pause = next() ?? assert.fail('it waits');
    assert.ok(pause >= 250 && pause <= 30_000, `a pause of ${pause} ms`);
    await elapse(pause - 1);
    assert.equal(sent.length, attempt, 'no sooner');
    await elapse(1);
  }
  assert.equal(target.trouble, 'no answer');
  assert.equal(state.now, undefined);
  script.answer = () => true;
  await elapse(30_000);
  assert.equal(state.now, 'acknowledged');
  assert.equal(target.trouble, undefined);
  assert.deepEqual(new Set(kinds()), new Set(['retry', 'forwarded']));
  await stop();
});

test('a message that is refused waits until another passes, goes again, and only then is put aside', async () => {
  const { carry, sent, letters, target, totals, kinds, elapse, stop } = scripted((device) =>
    device === 'hall' ? denied : true,
  );
  const first = carry(face('hall'));
  await elapse(9_000);
  assert.equal(first.now, undefined, 'for all it knows, the target takes nothing from anybody');
  assert.equal(target.trouble, 'denied');
  const before = often(sent, 'hall');
  carry(face('door'));
  await settled();
  assert.equal(often(sent, 'hall'), before + 1);
  assert.equal(first.now, 'acknowledged');
  assert.deepEqual([letters, totals.aside, totals.dead], [['facepipe/hall/dead'], 1, 0]);
  assert.deepEqual(
    target.aside.devices.map(({ device }) => device),
    ['hall'],
  );
  // what its device sends now holds up nobody
  const second = carry(face('hall'));
  await settled();
  assert.deepEqual([second.now, often(sent, 'hall')], ['acknowledged', before + 1]);
  assert.deepEqual(kinds(), ['forwarded', 'aside', 'put-aside', 'put-aside']);
  await stop();
});

test('a device that is set aside is asked for again, and gets what was kept when the target takes it', async () => {
  const { carry, script, target, totals, told, kinds, elapse, stop } = scripted((device) =>
    device === 'hall' ? denied : true,
  );
  for (const device of ['hall', 'door', 'hall', 'hall']) {
    carry(face(device));
    await settled();
  }
  assert.deepEqual([totals.aside, totals.forwarded], [3, 1]);
  await elapse(600_000);
  assert.equal(target.aside.devices.length, 1);
  script.answer = () => true;
  // the longest pause between trials is five minutes
  await elapse(300_000);
  assert.equal(target.aside.devices.length, 0);
  assert.deepEqual([totals.forwarded, target.custody.bytes, told], [4, 0, []]);
  assert.equal(often(kinds(), 'back'), 1);
  await stop();
});

test('where nothing has ever passed, what is refused is put aside after ten seconds once it fills the window', async () => {
  const { carry, letters, totals, elapse, stop } = scripted(() => denied);
  const states = Array.from({ length: 9 }, (_, n) => carry(face(`d${n}`)));
  await elapse(60_000);
  assert.ok(
    states.every(({ now }) => now === undefined),
    'nine hold up nobody',
  );
  states.push(carry(face('d9')));
  await elapse(1_000);
  assert.ok(states.every(({ now }) => now === 'acknowledged'));
  assert.deepEqual([letters.length, totals.aside], [10, 10]);
  await stop();

  const later = scripted(() => denied);
  const full = Array.from({ length: 10 }, (_, n) => later.carry(face(`d${n}`)));
  await later.elapse(9_000);
  assert.ok(
    full.every(({ now }) => now === undefined),
    'it may be a start at which subscribers come one by one',
  );
  await later.elapse(3_000);
  assert.ok(full.every(({ now }) => now === 'acknowledged'));
  await later.stop();
});

test('where nobody subscribes nothing is put aside for it, however long that lasts', async () => {
  const { carry, script, letters, elapse, stop } = scripted(() => false);
  const states = Array.from({ length: 20 }, (_, n) => carry(face(`d${n}`)));
  await elapse(3_600_000);
  assert.ok(states.every(({ now }) => now === undefined));
  script.answer = () => true;
  await elapse(30_000);
  assert.ok(states.every(({ now }) => now === 'acknowledged'));
  assert.deepEqual(letters, []);
  await stop();
});

test('a message for which the connection is lost goes again half a minute later at the soonest', async () => {
  const { carry, sent, out, elapse, stop } = scripted(() => undefined);
  const state = carry(face('door'));
  await settled();
  for (let n = 0; n < 3; n++) {
    out.lost();
    await settled();
  }
  const before = sent.length;
  await elapse(29_999);
  assert.equal(sent.length, before);
  await elapse(1);
  assert.equal(sent.length, before + 1);
  assert.equal(state.now, undefined);
  await stop();
});

test('when the source is lost what waits is not acknowledged: it comes again', async () => {
  const { carry, carrier, letters, stop } = scripted(() => denied);
  const state = carry(face('door'));
  await settled();
  carrier.sourceLost();
  await settled();
  assert.equal(state.now, 'the source was lost');
  assert.deepEqual(letters, []);
  await stop();
});

test('what the target can never take is a dead letter at once, and its device is told', async () => {
  const large = new FacepipeError('FACEPIPE_E_TOO_LARGE', 4, 'too large');
  const { carry, sent, letters, totals, stop } = scripted(() => large);
  const state = carry(face('door'));
  await settled();
  assert.deepEqual(
    [state.now, sent.length, totals.dead, letters],
    ['acknowledged', 1, 1, ['facepipe/door/dead']],
  );
  await stop();
});

test('what went round and what is empty is acknowledged and goes nowhere', async () => {
  const { carry, sent, kinds, totals, stop } = scripted(() => true);
  const round = { userProperties: { via: 'other me' } };
  const states = [face('door', round), face('door', round), face('door', { payload: Buffer.alloc(0) })].map(
    carry,
  );
  await settled();
  assert.deepEqual(
    states.map(({ now }) => now),
    ['acknowledged', 'acknowledged', 'acknowledged'],
  );
  assert.deepEqual([sent, kinds(), totals.received], [[], ['stray'], 2]);
  await stop();
});

test('at the end nothing that waits is acknowledged', async () => {
  const { carry, stop } = scripted(() => away);
  const state = carry(face('door'));
  await settled();
  await stop();
  await settled();
  assert.match(String(state.now), /abort/);
});
