import { isValid, monotonicFactory } from 'ulid';

const next = monotonicFactory();

/** A new ULID from the system's clock, greater than every one this process made before, also within one millisecond. */
export function newId(): string {
  return next();
}

/** Whether `text` is a canonical ULID: 26 upper-case Crockford digits, the first at most 7. */
export function isId(text: string): boolean {
  // ulid's isValid accepts lower case and an overflowing first digit; one face must have one spelling.
  return typeof text === 'string' && /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text) && isValid(text);
}
