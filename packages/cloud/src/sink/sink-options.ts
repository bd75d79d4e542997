import { expectMembers } from '@facepipe/service';
import type { LinkOptions } from '@facepipe/wire';
import { cloudError } from '../errors.js';
import type { WritableStore } from '../store/store.js';
import type { SinkEvent } from './sink-event.js';

export interface SinkOptions {
  /** Broker and credentials. The session is always persistent, and needs a client id or a secret to make it of. */
  link: LinkOptions;
  /**
   * At least 16 random bytes that stay the same over restarts. With topic, store, group and member they make the client
   * id under which the broker keeps this sink's queue; nobody who can guess it may log in beside the sink.
   */
  secret?: Buffer;
  /** Filter of the faces, such as `facepipe/+/faces`. */
  topic: string;
  /** Topic level (from 1) that names the device; default: what the first `+` matched. */
  deviceLevel?: number;
  /** Shares the faces among the sinks of this name, over an MQTT 5 shared subscription. */
  group?: string;
  /** This sink's name in the group; default: the host's. Two with one name take each other's session over. */
  member?: string;
  /** Stays open when the sink stops. */
  store: WritableStore;
  /** Template of keys, see parseKey. */
  key: string;
  /** Puts in flight at once. */
  concurrency: number;
  /** Bytes of messages not acknowledged yet; beyond it they are left to the broker. Default 256 MiB. */
  maxHeld?: number;
  /** Template of the dead letters' topic, such as `facepipe/{device}/dead`. */
  deadLetter: string;
  /** Gets the bytes of dead letters, as `<reason>/<sha256>`. Stays open when the sink stops. */
  quarantine?: WritableStore;
  /** Must not throw. */
  onEvent?: (event: SinkEvent) => void;
}

const members = {
  link: 'object',
  secret: 'bytes?',
  topic: 'text',
  deviceLevel: 'number?',
  group: 'text?',
  member: 'text?',
  store: 'object',
  key: 'text',
  concurrency: 'number',
  maxHeld: 'number?',
  deadLetter: 'text',
  quarantine: 'object?',
  onEvent: 'function?',
} as const;

/**
 * A caller without types may have left one out.
 * @throws FacepipeError FACEPIPE_E_ARGUMENT, FACEPIPE_E_SINK_CONCURRENCY
 */
export function checkSinkOptions(options: SinkOptions): void {
  expectMembers('options', options, members);
  const { concurrency } = options;
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 65_535) return;
  throw cloudError('FACEPIPE_E_SINK_CONCURRENCY', { concurrency });
}
