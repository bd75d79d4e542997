import type { TestContext } from 'node:test';
import { connect, type IncomingMessage, type Link, type LinkOptions } from '@facepipe/wire';
import { mosquittoMissing } from './brokers.js';
import { startCable } from './cable.js';
import type { RunningBroker } from './running-broker.js';

export const timeout = 300_000;

/** A link that is closed with the test, in a hurry. */
export async function join(t: TestContext, options: LinkOptions): Promise<Link> {
  const link = await connect(options);
  t.after(() => link.close({ timeout: 0 }));
  return link;
}

export async function run(t: TestContext, start: () => Promise<RunningBroker>): Promise<RunningBroker> {
  const broker = await start();
  t.after(() => broker.stop());
  return broker;
}

/** A cable to the broker, cut and closed with the test. */
export async function lay(t: TestContext, broker: RunningBroker) {
  const cable = await startCable(broker.port);
  t.after(() => cable.close());
  return { cable, url: `mqtt://127.0.0.1:${cable.port}` };
}

/** Subscribes with a second link and keeps what comes. */
export async function listen(t: TestContext, url: string, filter: string): Promise<IncomingMessage[]> {
  const messages: IncomingMessage[] = [];
  const link = await join(t, { url });
  await link.subscribe(filter, async (message) => {
    messages.push(message);
  });
  return messages;
}

export const texts = (messages: IncomingMessage[]) => messages.map(({ payload }) => payload.toString());
export const say = (text: string, topic = 'test/a') => ({ topic, payload: Buffer.from(text) });

export const mosquitto = { skip: mosquittoMissing ?? false, timeout };
