import { hostname } from 'node:os';
import { checkFilter, clientIdFrom, deviceOf, fillTopic, matches, topics } from '@facepipe/wire';
import { cloudError } from '../errors.js';
import { type KeyFacts, parseKey } from './key.js';

/** What the topics, keys and sessions of a sink are made from. */
export interface SinkNames {
  /** Filter of the faces. */
  topic: string;
  /** Topic level (from 1) that names the device; default: what the first `+` matched. */
  deviceLevel?: number;
  /** Makes this sink one of several that share the faces. */
  group?: string;
  /** This sink's name in the group; default: the host's. */
  member?: string;
  /** The store's URL. */
  store: string;
  /** Template of keys. */
  key: string;
  /** Template of the dead letters' topic, with `{device}`. */
  deadLetter: string;
  /** What makes the client id impossible to guess. */
  secret?: Buffer;
}

export interface SinkPlan {
  /** What is subscribed to. */
  filter: string;
  /** Undefined without a secret. */
  clientId: string | undefined;
  deviceOf(topic: string): string | undefined;
  keyOf(facts: KeyFacts): string;
  deadTopic(device: string): string;
  receiptTopic(device: string): string;
  /** Whether the sink itself may publish there. */
  sendsTo(topic: string): boolean;
}

/** Whether some topic is matched by both filters. */
export function overlap(one: string, other: string): boolean {
  const [first, second] = [one.split('/'), other.split('/')];
  for (let level = 0; ; level++) {
    const [a, b] = [first[level], second[level]];
    if (a === '#' || b === '#') return true;
    if (a === undefined || b === undefined) return a === b;
    if (a !== b && a !== '+' && b !== '+') return false;
  }
}

/** The same after every restart, so that the broker keeps this sink's queue. */
function sessionId({ topic, store, group, member = hostname(), secret }: SinkNames): string | undefined {
  const work = [topic, store, ...(group === undefined ? [] : [group, member])];
  return secret && clientIdFrom('sink', secret, work);
}

/**
 * Checks a sink's names against each other.
 * @throws FacepipeError FACEPIPE_E_FILTER, FACEPIPE_E_TOPIC, FACEPIPE_E_KEY_TEMPLATE, FACEPIPE_E_SINK_…; exit 2
 */
export function planSink(names: SinkNames): SinkPlan {
  const { topic, deviceLevel, group, deadLetter } = names;
  checkFilter(topic);
  if (topic.startsWith('$share/')) {
    throw cloudError('FACEPIPE_E_SINK_SHARED', { topic, group: topic.split('/')[1] ?? '' });
  }
  if (deviceLevel === undefined && !topic.split('/').includes('+')) {
    throw cloudError('FACEPIPE_E_SINK_DEVICE', { topic });
  }
  if (group !== undefined && !/^[^/+#\0]+$/.test(group)) {
    throw cloudError('FACEPIPE_E_SINK_GROUP_NAME', { group });
  }
  const outputs = [deadLetter, topics.stored].map((sent) => {
    fillTopic(sent, { device: 'device' });
    // any level with a placeholder can become any level
    const filter = sent.replace(/[^/]*\{\w+\}[^/]*/g, '+');
    if (overlap(topic, filter)) throw cloudError('FACEPIPE_E_SINK_LOOP', { sent, topic });
    return filter;
  });
  return {
    filter: group === undefined ? topic : `$share/${group}/${topic}`,
    clientId: sessionId(names),
    deviceOf: (received) => deviceOf(topic, received, deviceLevel),
    keyOf: parseKey(names.key),
    deadTopic: (device) => fillTopic(deadLetter, { device }),
    receiptTopic: (device) => fillTopic(topics.stored, { device }),
    sendsTo: (sent) => outputs.some((filter) => matches(filter, sent)),
  };
}
