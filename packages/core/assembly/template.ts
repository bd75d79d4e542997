// The stages of a cascade as vector.ts wants them, made once and copied for each grid of windows: with places instead
// of offsets, addresses from the template's start, and for each word a byte that says what it is.
import { offset } from './grid';
import { goTo, here, int } from './writer';

/** What a word of the template is. */
const NUMBER: u8 = 0;
export const PLACE: u8 = 1;
export const TILTED_PLACE: u8 = 2;
const ADDRESS: u8 = 3;
export const ANSWER: u8 = 4;

/** where the template starts and ends; it is empty where there is none */
let template: usize = 0;
let templateEnd: usize = 0;
let kinds: usize = 0;

/**
 * An empty template for words of at most `bytes` bytes, with what its words are at `to` before it. Returns its start.
 */
export function beginTemplate(to: usize, bytes: usize): usize {
  kinds = to;
  template = (to + (bytes >> 2) + 15) & ~15;
  templateEnd = template;
  memory.fill(kinds, NUMBER, bytes >> 2);
  goTo(template);
  return template;
}

/** What was written is the template. */
export function endTemplate(): usize {
  templateEnd = here();
  return templateEnd;
}

export function word(value: i32, kind: u8): void {
  store<u8>(kinds + ((here() - template) >> 2), kind);
  int(value);
}

export function address(value: usize): void {
  word(<i32>(value - template), ADDRESS);
}

/** An address in the word that is `at`. */
export function addressAt(at: usize, value: usize): void {
  store<u32>(at, <u32>(value - template));
  store<u8>(kinds + ((at - template) >> 2), ADDRESS);
}

/** Where the answers of trees go, when the stages are at `to`. */
export function answersAfter(to: usize): usize {
  return (to + templateEnd - template + 15) & ~15;
}

/** The stages for the grid that is set, at `to`. Returns their end. */
export function layoutVectors(to: usize): usize {
  const answers = answersAfter(to);
  let next = to;
  for (let at = template, kind = kinds; at < templateEnd; at += 4, kind++, next += 4) {
    const value = load<i32>(at);
    const what = load<u8>(kind);
    if (what === NUMBER) store<i32>(next, value);
    else if (what === ADDRESS) store<i32>(next, value + <i32>to);
    else if (what === ANSWER) store<i32>(next, value + <i32>answers);
    else store<i32>(next, offset(value & 0xffff, value >> 16, what === TILTED_PLACE));
  }
  return next;
}
