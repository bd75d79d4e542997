import { Readable } from 'node:stream';
import type { QoS } from '@facepipe/wire';
import { QlobberTrue } from 'qlobber';
import type { Database } from './database.js';
import type { BrokerLimits } from './limits.js';
import { decodePublish, encodePublish, keys, type PublishRecord } from './record.js';
import type { Troubles } from './troubles.js';

/** How topics are split, and which levels of a filter stand for others (MQTT 3.1.1, 4.7). */
export const topicOptions = {
  separator: '/',
  wildcard_one: '+',
  wildcard_some: '#',
  match_empty_levels: true,
};

const sizeOf = ({ topic, payload }: { topic: string; payload: Buffer }): number =>
  Buffer.byteLength(topic) + payload.length;
const wild = (filter: string): boolean => /[+#]/.test(filter);

/** The last retained message of each topic: in memory, and in the database for the next start. */
export class Retained {
  readonly #database: Database;
  readonly #limits: BrokerLimits;
  readonly #troubles: Troubles;
  readonly #messages = new Map<string, PublishRecord>();
  #bytes = 0;
  #refused = 0;

  constructor(database: Database, limits: BrokerLimits, troubles: Troubles) {
    this.#database = database;
    this.#limits = limits;
    this.#troubles = troubles;
  }

  async load(): Promise<void> {
    for await (const [, value] of this.#database.entries('r!')) {
      const record = decodePublish(value);
      this.#messages.set(record.topic, record);
      this.#bytes += sizeOf(record);
    }
  }

  /** Keeps it in place of the topic's last one; an empty payload removes that (MQTT 3.1.1, 3.3.1.3). */
  async store({ topic, payload, qos }: { topic: string; payload: Buffer; qos: QoS }): Promise<void> {
    const { retained, retainedBytes } = this.#limits;
    const old = this.#messages.get(topic);
    const bytes = this.#bytes - (old ? sizeOf(old) : 0);
    const key = keys.retained(topic);
    if (payload.length === 0) {
      this.#messages.delete(topic);
      this.#bytes = bytes;
      return old && this.#database.commit([{ type: 'del', key }]);
    }
    const record = { topic, payload, qos, retain: true };
    if ((!old && this.#messages.size >= retained) || bytes + sizeOf(record) > retainedBytes) {
      this.#refused += 1;
      this.#troubles.report(
        'retained',
        `the limit of ${retained} retained messages, ${retainedBytes} bytes, is reached: ${this.#refused} were delivered but not retained, the last on ${topic}`,
      );
      return;
    }
    this.#messages.set(topic, record);
    this.#bytes = bytes + sizeOf(record);
    return this.#database.commit([{ type: 'put', key, value: encodePublish(record) }]);
  }

  /** Those whose topic matches one of the filters, once each. */
  matching(filters: readonly string[]): Readable {
    return Readable.from(this.#matching(filters));
  }

  *#matching(filters: readonly string[]): Generator<PublishRecord> {
    const exact = new Set(filters.filter((filter) => !wild(filter)));
    for (const topic of exact) {
      const record = this.#messages.get(topic);
      if (record) yield record;
    }
    const wildcards = filters.filter(wild);
    if (wildcards.length === 0) return;
    const matcher = new QlobberTrue(topicOptions);
    // a filter that begins with a wildcard does not match what begins with $ [MQTT-4.7.2-1]
    const hidden = new QlobberTrue(topicOptions);
    for (const filter of wildcards) {
      matcher.add(filter);
      if (!/^[+#]/.test(filter)) hidden.add(filter);
    }
    for (const [topic, record] of this.#messages) {
      if (exact.has(topic)) continue;
      if ((topic.startsWith('$') ? hidden : matcher).test(topic)) yield record;
    }
  }
}
