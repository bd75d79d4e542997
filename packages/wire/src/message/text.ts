/** 1 to 256 characters, no control characters, no half surrogate pairs. */
const short = /^[^\p{Cc}\p{Cs}]{1,256}$/u;
/** A word for a reason: `full`, `not-an-image`. */
const word = /^[a-z][a-z0-9-]{0,63}$/;

/** Whether it can be the text of a fact, or the name of a device. */
export function isShortText(value: unknown): value is string {
  return typeof value === 'string' && short.test(value);
}

/** Whether it can be a reason, in a status, receipt or dead letter: a word of at most 64 letters, digits and dashes. */
export function isReason(value: unknown): value is string {
  return typeof value === 'string' && word.test(value);
}

/** A copy that stands by itself: V8 keeps all that a text was cut from for as long as it keeps the part. */
export const ownCopy = (part: string): string => Buffer.from(part).toString();
