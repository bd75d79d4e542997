import assert from 'node:assert/strict';
import { FacepipeError } from '@facepipe/service';
import type { Dice } from './dice.js';

export interface Case {
  /** Bytes of the input. */
  size: number;
  /** Reads it: what came of it, in a word. Throws what must not be. */
  attempt(): string | Promise<string>;
}

/** A parser of bytes that strangers send. */
export interface Target {
  name: string;
  /** How many cases of it there are beside those of others. */
  weight: number;
  /** Bytes that reading may allocate for each byte of the input, beside 4 MB. */
  share: number;
  /** The case of these dice, always the same one. */
  make(dice: Dice): Case;
}

// What could repaint a terminal or forge a line of a log.
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** What `parse` gives, checked, or the code of its error, which must be one of `codes` and printable. */
export async function outcomeOf<T>(
  codes: readonly string[],
  parse: () => T | Promise<T>,
  check: (value: T) => string,
): Promise<string> {
  let value: T;
  try {
    value = await parse();
  } catch (error) {
    if (!(error instanceof FacepipeError) || !codes.includes(error.code)) throw error;
    assert.doesNotMatch(error.message, unprintable);
    assert.ok(error.message.length < 2000, `a message of ${error.message.length} characters`);
    return error.code.replace('FACEPIPE_E_', '');
  }
  return check(value);
}
