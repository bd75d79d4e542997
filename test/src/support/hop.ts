import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { connect, type IncomingMessage, type Link } from '@facepipe/wire';
import { type ForwardEvent, type Forwarder, startForwarder } from 'facepipe';
import { mosquittoMissing, startMosquitto } from './brokers.js';
import type { RunningBroker } from './running-broker.js';

export const options = { skip: mosquittoMissing ?? false, timeout: 300_000 };
const route = { fromTopic: 'facepipe/+/faces', toTopic: 'facepipe/{device}/faces', qos: 1 as const };
export const texts = (messages: IncomingMessage[]) => messages.map(({ payload }) => String(payload));
export const count = (text: string, n: number) => Array.from({ length: n }, (_, i) => `${text} ${i}`);

export async function run<B extends RunningBroker>(t: TestContext, broker: Promise<B>): Promise<B> {
  const running = await broker;
  t.after(() => running.stop());
  return running;
}

/** A mosquitto whose access rules change while it runs. */
export async function guarded(t: TestContext, acl: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-forward-'));
  const broker = await run(t, startMosquitto({ folder, acl }));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const allow = (lines: string[]) => {
    writeFileSync(join(folder, 'acl'), `${lines.join('\n')}\n`);
    if (broker.pid) process.kill(broker.pid, 'SIGHUP');
  };
  return { broker, allow };
}

export async function listen(t: TestContext, url: string, filter: string) {
  const messages: IncomingMessage[] = [];
  const link = await connect({ url });
  t.after(() => link.close({ timeout: 0 }));
  await link.subscribe(filter, async (message) => void messages.push(message));
  return { messages, link };
}

export interface Hop {
  forwarder: Forwarder;
  events: ForwardEvent[];
  aside: () => string[];
}

export async function forward(
  t: TestContext,
  edge: { url: string },
  cloud: { url: string },
  toTopic = route.toTopic,
): Promise<Hop> {
  const events: ForwardEvent[] = [];
  const [from, to] = [
    { url: edge.url, clientId: 'from' },
    { url: cloud.url, clientId: 'to' },
  ];
  const forwarder = await startForwarder(
    { ...route, toTopic, from, to, onEvent: (e) => events.push(e) },
    new AbortController().signal,
  );
  t.after(() => forwarder.stop());
  return { forwarder, events, aside: () => forwarder.aside.map(({ device }) => device) };
}

export const say = (link: Link, device: string, texts: string[]) =>
  Promise.all(
    texts.map((text) => link.publish({ topic: `facepipe/${device}/faces`, payload: Buffer.from(text) })),
  );
export const reads = ['topic read #', 'topic write facepipe/+/stored'];
export const doorOnly = [...reads, 'topic write facepipe/door/faces'];
export const everybody = [...reads, 'topic write facepipe/+/faces'];
