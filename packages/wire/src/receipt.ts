import { wireError } from './errors.js';
import { isId } from './id.js';

const digest = /^[0-9a-f]{64}$/;

/** A receipt: the ids a store has, as JSON `{"ids":[…]}` in UTF-8. */
export function encodeReceipt(ids: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify({ ids }));
}

/**
 * The ids of a receipt, each a ULID or, of a foreign image, a SHA-256 in lower-case hex.
 * @throws FACEPIPE_E_RECEIPT_INVALID
 */
export function decodeReceipt(payload: Buffer): string[] {
  const invalid = (reason: string, cause?: unknown) =>
    wireError('FACEPIPE_E_RECEIPT_INVALID', { size: payload.length, reason }, cause);
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload.toString('utf8'));
  } catch (error) {
    throw invalid('it is not JSON', error);
  }
  const ids: unknown =
    typeof parsed === 'object' && parsed !== null && 'ids' in parsed ? parsed.ids : undefined;
  if (!Array.isArray(ids)) throw invalid('it has no list of ids');
  return ids.map((id: unknown) => {
    if (typeof id === 'string' && (isId(id) || digest.test(id))) return id;
    throw invalid('one of its ids is neither');
  });
}
