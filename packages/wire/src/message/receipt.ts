import { expectArgument, expectMembers, isId } from '@facepipe/service';
import { wireError } from '../errors.js';
import { isReason } from './text.js';

const digest = /^[0-9a-f]{64}$/;
/** Faces that one receipt names, and bytes of it; sinks send a hundred at a time. */
const maxFaces = 10_000;
const largestReceipt = 2 * 2 ** 20;
/** Forwarders a receipt can have come through, more is a ring of them, and characters of the name of one. */
const maxHops = 100;
const longestName = 256;

/** A face that will never be stored. */
export interface DeadFace {
  /** ULID. */
  id: string;
  /** A word, as in the dead letter. */
  reason: string;
  /** Of the payload that was refused, lower-case hex: a face of other bytes under the same id is another face. */
  sha256: string;
}

/** What a store says it has, and what it will never have. */
export interface Receipt {
  /** Each a ULID or, of a foreign image, a SHA-256 in lower-case hex. */
  ids: string[];
  dead: DeadFace[];
  /** The forwarders it came through, a token of each: one that finds itself here must not carry it again. */
  via: string[];
}

/**
 * A receipt as JSON `{"ids":[…],"dead":[…],"via":[…]}` in UTF-8; `dead` and `via` are left out where they are empty.
 */
export function encodeReceipt(receipt: {
  ids: readonly string[];
  dead?: readonly DeadFace[];
  via?: readonly string[];
}): Buffer {
  expectMembers('receipt', receipt, { ids: 'texts', dead: 'list?', via: 'texts?' });
  const { ids, dead = [], via = [] } = receipt;
  return Buffer.from(
    JSON.stringify({ ids, ...(dead.length > 0 && { dead }), ...(via.length > 0 && { via }) }),
  );
}

/**
 * @throws FACEPIPE_E_RECEIPT_INVALID, also where it is larger than any that facepipe sends: 2 MiB, 10,000 faces
 */
export function decodeReceipt(payload: Buffer): Receipt {
  expectArgument('payload', payload, 'bytes');
  const invalid = (reason: string, cause?: unknown) =>
    wireError('FACEPIPE_E_RECEIPT_INVALID', { size: payload.length, reason }, cause);
  if (payload.length > largestReceipt) throw invalid(`it is larger than ${largestReceipt} bytes`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload.toString('utf8'));
  } catch (error) {
    throw invalid('it is not JSON', error);
  }
  const { ids, dead = [], via = [] } = (parsed ?? {}) as { ids?: unknown; dead?: unknown; via?: unknown };
  if (!Array.isArray(ids)) throw invalid('it has no list of ids');
  if (!Array.isArray(via) || !via.every((name) => typeof name === 'string')) {
    throw invalid('its via is not a list of names');
  }
  if (via.length > maxHops) throw invalid(`its via has more than ${maxHops} names`);
  if (via.some((name) => name.length > longestName)) throw invalid('a name in its via is too long');
  if (!ids.every((id) => typeof id === 'string' && (isId(id) || digest.test(id)))) {
    throw invalid('one of its ids is neither');
  }
  if (!Array.isArray(dead) || !dead.every(isDead)) {
    throw invalid('its dead is not a list of faces with id, reason and sha256');
  }
  if (ids.length + dead.length > maxFaces) throw invalid(`it names more than ${maxFaces} faces`);
  return { ids, dead: dead.map(({ id, reason, sha256 }) => ({ id, reason, sha256 })), via };
}

function isDead(value: unknown): value is DeadFace {
  const { id, reason, sha256 } = (value ?? {}) as Record<keyof DeadFace, unknown>;
  return (
    typeof id === 'string' &&
    isId(id) &&
    isReason(reason) &&
    typeof sha256 === 'string' &&
    digest.test(sha256)
  );
}
