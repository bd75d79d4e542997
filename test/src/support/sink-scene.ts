import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import {
  openStore,
  type Sink,
  type SinkEvent,
  type SinkOptions,
  type Store,
  startSink,
} from '@facepipe/cloud';
import { newId } from '@facepipe/service';
import { connect, type DeadFace, decodeReceipt, type Link } from '@facepipe/wire';
import { type NoiseFace, noiseFace } from './face.js';
import type { RunningBroker } from './running-broker.js';
import type { OpenStore } from './stores.js';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const captured = new Date('2026-11-21T23:59:59.123Z');
export const stream = newId();
const porch = 'ворота 😀 #1'.replace('#', 'N');

export function face(seq: number, device = porch, id = newId()): Promise<NoiseFace> {
  return noiseFace({ id, device, stream, seq, captured, detector: 'frontalface_default, opencv 4.3.0' });
}

export async function faces(count: number, device?: string): Promise<NoiseFace[]> {
  const made: NoiseFace[] = [];
  for (let seq = 1; seq <= count; seq++) made.push(await face(seq, device));
  return made;
}

/** A test's parts, ended in reverse order when the test ends. */
export class Scene {
  readonly #ends: (() => Promise<unknown>)[] = [];

  constructor(t: TestContext) {
    t.after(async () => {
      for (const end of this.#ends.reverse()) await end();
    });
  }

  async broker(starting: Promise<RunningBroker>): Promise<RunningBroker> {
    const broker = await starting;
    this.#ends.push(() => broker.stop());
    return broker;
  }

  async place(opening: Promise<OpenStore>): Promise<OpenStore> {
    const place = await opening;
    this.#ends.push(() => place.close());
    return place;
  }

  store(place: OpenStore, suffix = ''): Store {
    const store = openStore(place.url + suffix, place.options);
    this.#ends.push(() => store.close());
    return store;
  }

  async sink(
    url: string,
    store: Store,
    more: Partial<SinkOptions> = {},
  ): Promise<Sink & { events: SinkEvent[] }> {
    const events: SinkEvent[] = [];
    const sink = await startSink({
      topic: 'facepipe/+/faces',
      store,
      key: '{device}/{yyyy}/{mm}/{dd}/{id}.{ext}',
      concurrency: 16,
      deadLetter: 'facepipe/{device}/dead',
      secret: Buffer.alloc(32),
      onEvent: (event) => events.push(event),
      ...more,
      link: { url, ...more.link },
    });
    this.#ends.push(() => sink.stop());
    return Object.assign(sink, { events });
  }

  async link(url: string): Promise<Link> {
    const link = await connect({ url });
    this.#ends.push(() => link.close());
    return link;
  }

  /** The ids that the sink says it has stored, with repetitions. */
  async receipts(url: string): Promise<string[]> {
    const ids: string[] = [];
    const link = await this.link(url);
    await link.subscribe('facepipe/+/stored', async ({ payload }) => {
      ids.push(...decodeReceipt(payload).ids);
    });
    return ids;
  }

  /** The faces that the sink says it will never store, with the topics it said so on. */
  async dead(url: string): Promise<(DeadFace & { on: string })[]> {
    const all: (DeadFace & { on: string })[] = [];
    const link = await this.link(url);
    await link.subscribe('facepipe/+/stored', async ({ topic, payload }) => {
      all.push(...decodeReceipt(payload).dead.map((dead) => ({ on: topic, ...dead })));
    });
    return all;
  }

  async letters(url: string): Promise<Letter[]> {
    const letters: Letter[] = [];
    const link = await this.link(url);
    await link.subscribe('facepipe/+/dead', async ({ topic, payload }) => {
      letters.push({ on: topic, ...JSON.parse(payload.toString()) });
    });
    return letters;
  }
}

export interface Letter {
  on: string;
  reason: string;
  detail: string;
  id: string;
  sha256: string;
  size: number;
  topic: string;
  payload?: string;
}

export async function publishAll(link: Link, sent: readonly NoiseFace[]): Promise<void> {
  await Promise.all(sent.map(({ message }) => link.publish(message)));
}

export const idsOf = (sent: readonly NoiseFace[]): string[] => sent.map(({ facts }) => facts.id).sort();
export const settled = ({ totals }: Sink): number => totals.stored + totals.duplicates + totals.dead;

export async function holdsExactly(place: OpenStore, sent: readonly NoiseFace[]): Promise<void> {
  const found = await place.list();
  const keys = sent.map(({ facts }) => `${encodeURIComponent(facts.device)}/2026/11/21/${facts.id}.png`);
  assert.deepEqual([...found.keys()].sort(), keys.sort());
  for (const { facts, payload } of sent) {
    const key = `${encodeURIComponent(facts.device)}/2026/11/21/${facts.id}.png`;
    assert.ok(found.get(key)?.body.equals(payload), key);
  }
}

export function letter(reason: string, payload: Buffer, id?: string): Omit<Letter, 'detail' | 'on'> {
  return {
    reason,
    id: id ?? sha256(payload),
    sha256: sha256(payload),
    size: payload.length,
    topic: 'facepipe/door/faces',
    ...(payload.length <= 256 * 1024 && { payload: payload.toString('base64') }),
  };
}
