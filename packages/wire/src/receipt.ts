import { wireError } from './errors.js';
import { isId } from './id.js';

const digest = /^[0-9a-f]{64}$/;

/** What a store says it has. */
export interface Receipt {
  /** Each a ULID or, of a foreign image, a SHA-256 in lower-case hex. */
  ids: string[];
  /** The forwarders it came through, by client id: one that finds itself here must not carry it again. */
  via: string[];
}

/** A receipt as JSON `{"ids":[…],"via":[…]}` in UTF-8; `via` is left out where it is empty. */
export function encodeReceipt(ids: readonly string[], via: readonly string[] = []): Buffer {
  return Buffer.from(JSON.stringify(via.length > 0 ? { ids, via } : { ids }));
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
  const { ids, via = [] } = (parsed ?? {}) as { ids?: unknown; via?: unknown };
  if (!Array.isArray(ids)) throw invalid('it has no list of ids');
  if (!Array.isArray(via) || !via.every((name) => typeof name === 'string')) {
    throw invalid('its via is no list of names');
  }
  if (!ids.every((id) => typeof id === 'string' && (isId(id) || digest.test(id)))) {
    throw invalid('one of its ids is neither');
  }
  return { ids, via };
}
