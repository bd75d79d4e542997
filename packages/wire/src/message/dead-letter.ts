import { createHash } from 'node:crypto';
import { expectArgument, expectMembers } from '@facepipe/service';
import { claimedId, type IncomingMessage, type OutgoingMessage } from './message.js';
import type { DeadFace } from './receipt.js';
import { isReason } from './text.js';

/** Bytes of payload a dead letter carries at most. */
const maxPayload = 256 * 1024;

/** Bytes of a dead letter: the payload as base64, and the rest. */
const maxLetter = 2 ** 20;

/** A message that could not be taken further. */
export interface Undelivered {
  topic: string;
  payload: Buffer;
}

export interface DeadLetterOptions {
  /** Of the face; default the sha256 of the payload. */
  id?: string;
  /** Leave the payload out, where the broker does not take it. */
  bare?: boolean;
}

/**
 * The dead letter of a message: JSON with `reason` (a word), `detail` (a sentence), `id`, `sha256`, `size` (bytes),
 * `topic` (the original one) and, up to 256 kB, `payload` (base64).
 */
export function deadLetter(
  topic: string,
  message: Undelivered,
  reason: string,
  detail: string,
  options: DeadLetterOptions = {},
): OutgoingMessage {
  for (const [name, value] of Object.entries({ topic, reason, detail })) expectArgument(name, value, 'text');
  expectMembers('message', message, { topic: 'text', payload: 'bytes' });
  expectMembers('options', options, { id: 'text?', bare: 'boolean?' });
  const { payload } = message;
  const sha256 = sha256Of(payload);
  const letter = {
    reason,
    detail,
    id: options.id ?? sha256,
    sha256,
    size: payload.length,
    topic: message.topic,
    ...(!options.bare && payload.length <= maxPayload && { payload: payload.toString('base64') }),
  };
  return { topic, payload: Buffer.from(JSON.stringify(letter)), qos: 1, contentType: 'application/json' };
}

/** What a dead letter is about. */
export interface DeadLetter {
  id: string;
  reason: string;
  sha256: string;
}

/** What a dead letter is about; undefined where it is none that facepipe sends, or larger than 1 MiB. */
export function decodeDeadLetter(payload: Buffer): DeadLetter | undefined {
  expectArgument('payload', payload, 'bytes');
  if (payload.length > maxLetter) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
  const { id, reason, sha256 } = (parsed ?? {}) as Partial<Record<keyof DeadLetter, unknown>>;
  return typeof id === 'string' && isReason(reason) && typeof sha256 === 'string'
    ? { id, reason, sha256 }
    : undefined;
}

/**
 * What a receipt tells a device of its message that is dead, since it would send it again for ever; undefined where the
 * message is not under an id of this device's.
 */
export async function deadFace(
  message: IncomingMessage,
  device: string | undefined,
  reason: string,
): Promise<DeadFace | undefined> {
  expectMembers('message', message, { topic: 'text', payload: 'bytes' });
  expectArgument('reason', reason, 'text');
  const id = device === undefined ? undefined : await claimedId(message, device);
  return id === undefined ? undefined : { id, reason, sha256: sha256Of(message.payload) };
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
