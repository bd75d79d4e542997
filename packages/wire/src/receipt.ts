import { wireError } from './errors.js';
import { isId } from './id.js';

const digest = /^[0-9a-f]{64}$/;
/** Forwarders a receipt can have come through; more is a ring of them. */
const mostHops = 100;
const word = /^[a-z][a-z0-9-]{0,63}$/;

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

/** A receipt as JSON `{"ids":[…],"dead":[…],"via":[…]}` in UTF-8; `dead` and `via` are left out where they are empty. */
export function encodeReceipt({
  ids,
  dead = [],
  via = [],
}: {
  ids: readonly string[];
  dead?: readonly DeadFace[];
  via?: readonly string[];
}): Buffer {
  return Buffer.from(
    JSON.stringify({ ids, ...(dead.length > 0 && { dead }), ...(via.length > 0 && { via }) }),
  );
}

/** @throws FACEPIPE_E_RECEIPT_INVALID */
export function decodeReceipt(payload: Buffer): Receipt {
  const invalid = (reason: string, cause?: unknown) =>
    wireError('FACEPIPE_E_RECEIPT_INVALID', { size: payload.length, reason }, cause);
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload.toString('utf8'));
  } catch (error) {
    throw invalid('it is not JSON', error);
  }
  const { ids, dead = [], via = [] } = (parsed ?? {}) as { ids?: unknown; dead?: unknown; via?: unknown };
  if (!Array.isArray(ids)) throw invalid('it has no list of ids');
  if (!Array.isArray(via) || !via.every((name) => typeof name === 'string')) {
    throw invalid('its via is no list of names');
  }
  if (via.length > mostHops) throw invalid(`its via has more than ${mostHops} names`);
  if (!ids.every((id) => typeof id === 'string' && (isId(id) || digest.test(id)))) {
    throw invalid('one of its ids is neither');
  }
  if (!Array.isArray(dead) || !dead.every(isDead)) {
    throw invalid('its dead is no list of faces with id, reason and sha256');
  }
  return { ids, dead: dead.map(({ id, reason, sha256 }) => ({ id, reason, sha256 })), via };
}

function isDead(value: unknown): value is DeadFace {
  const { id, reason, sha256 } = (value ?? {}) as Record<keyof DeadFace, unknown>;
  return (
    typeof id === 'string' &&
    isId(id) &&
    typeof reason === 'string' &&
    word.test(reason) &&
    typeof sha256 === 'string' &&
    digest.test(sha256)
  );
}
