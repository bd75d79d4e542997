import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { connect, type IncomingMessage, type Link, type LinkOptions } from '@facepipe/wire';
import { startCable } from './cable.js';
import type { RunningBroker } from './running-broker.js';

export const timeout = 300_000;
export const topic = 'test/a';
export const say = (text: string) => ({ topic, payload: Buffer.from(text) });

/** A broker, a cable to it, a publisher beside it, and consumers on it, all ended with the test. */
export async function stage(t: TestContext, start: () => Promise<RunningBroker>) {
  const broker = await start();
  t.after(() => broker.stop());
  const cable = await startCable(broker.port);
  t.after(() => cable.close());
  const join = async (options: LinkOptions) => {
    const link = await connect(options);
    t.after(() => link.close({ timeout: 0 }));
    return link;
  };
  const publisher = await join({ url: broker.url });
  const consume = (options: Partial<LinkOptions> = {}) =>
    join({ url: broker.url, clientId: 'consumer', clean: false, ...options });
  return { broker, cable, field: { url: `mqtt://127.0.0.1:${cable.port}` }, publisher, consume };
}

/** A handler whose messages wait until they are let go by name. */
export function gate() {
  const got: IncomingMessage[] = [];
  const waiting: { text: string; done: () => void; fail: (error: Error) => void }[] = [];
  const handler = (message: IncomingMessage) => {
    got.push(message);
    return new Promise<void>((done, fail) => waiting.push({ text: message.payload.toString(), done, fail }));
  };
  const take = (text: string) => {
    const index = waiting.findIndex((entry) => entry.text === text);
    const [entry] = waiting.splice(index, 1);
    assert.ok(entry, `${text} waits`);
    return entry;
  };
  return {
    got,
    texts: () => got.map(({ payload }) => payload.toString()),
    handler,
    waiting,
    finish: (text: string) => take(text).done(),
    fail: (text: string) => take(text).fail(new Error('the store is away')),
  };
}

/** The acknowledgements of what was finished before have reached the broker once it answers. */
export async function roundTrip(link: Link): Promise<void> {
  // They are written when all promises that hang on a handler's have been settled.
  await new Promise(setImmediate);
  await link.publish({ topic: 'test/round-trip', payload: Buffer.alloc(0) });
}
