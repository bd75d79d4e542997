// Puts a feature's value for eight windows on the stack of a function that is made.
import { corner } from './code-corner';
import { pairs, spare, sums, sumsB, value } from './code-local';
import {
  ADD_16,
  ADD_32,
  AND,
  anchor,
  at,
  get,
  LOAD,
  MULTIPLY_16,
  MULTIPLY_32,
  number,
  OR,
  SHIFT_LEFT_32,
  SHIFT_RIGHT_32,
  SPLAT_16,
  SPLAT_32,
  SUBTRACT_16,
  SUBTRACT_32,
  set,
  tee,
  vector,
} from './code-writer';

function pair(corners: usize, index: usize, code: u32): void {
  corner(load<i32>(corners + (index << 2)));
  corner(load<i32>(corners + (index << 2), 4));
  vector(code);
}

/** Twice what is on the stack. */
function double(): void {
  tee(spare());
  get(spare());
  vector(ADD_16);
}

/** Sums of 6, 8 or 9 corners in 16 bits, as sum.ts has them; `corners`: their numbers. */
export function shaped(shape: i32, corners: usize): void {
  if (shape === 0) {
    pair(corners, 4, SUBTRACT_16);
    double();
    pair(corners, 0, ADD_16);
    pair(corners, 2, ADD_16);
    vector(SUBTRACT_16);
    vector(ADD_16);
  } else if (shape === 1) {
    pair(corners, 4, ADD_16);
    pair(corners, 6, ADD_16);
    vector(SUBTRACT_16);
    set(spare());
    pair(corners, 0, ADD_16);
    pair(corners, 2, ADD_16);
    vector(SUBTRACT_16);
    get(spare());
    vector(ADD_16);
    get(spare());
    get(spare());
    vector(ADD_16);
    vector(ADD_16);
  } else {
    corner(load<i32>(corners, 32));
    double();
    pair(corners, 4, ADD_16);
    pair(corners, 6, ADD_16);
    vector(ADD_16);
    vector(SUBTRACT_16);
    double();
    pair(corners, 0, ADD_16);
    pair(corners, 2, ADD_16);
    vector(ADD_16);
    vector(ADD_16);
  }
}

/** The weight of a term, of 16 bits twice in a word or of 32. */
function weightAt(term: usize, isWide: bool): i32 {
  return isWide ? load<i32>(term, 4) : <i32>load<i16>(term, 4);
}

function isFirstOfSize(terms: usize, term: usize, size: i32, isWide: bool): bool {
  for (let other = terms; other < term; other += 8) {
    if (abs(weightAt(other, isWide)) === size) return false;
  }
  return true;
}

/** Adds terms of one size up, and multiplies them once. */
function sized(terms: usize, end: usize, size: i32, isWide: bool, base: i32, shift: u32): void {
  number(0);
  vector(SPLAT_32);
  for (let term = terms; term < end; term += 8) {
    const weight = weightAt(term, isWide);
    if (abs(weight) !== size) continue;
    get(base);
    at(LOAD, load<u32>(term) + shift);
    if (isWide) vector(weight > 0 ? ADD_32 : SUBTRACT_32);
    else vector(weight > 0 ? ADD_16 : SUBTRACT_16);
  }
  if (size === 1) return;
  number(size);
  vector(isWide ? SPLAT_32 : SPLAT_16);
  vector(isWide ? MULTIPLY_32 : MULTIPLY_16);
}

/** The weighted sum of any corners; `terms`: their number, then offsets and weights. */
function anyTerms(terms: usize, isWide: bool, base: i32, shift: u32): void {
  const end = terms + 4 + (load<u32>(terms) << 3);
  terms += 4;
  number(0);
  vector(SPLAT_32);
  for (let term = terms; term < end; term += 8) {
    const size = abs(weightAt(term, isWide));
    if (!isFirstOfSize(terms, term, size, isWide)) continue;
    sized(terms, end, size, isWide, base, shift);
    vector(isWide ? ADD_32 : ADD_16);
  }
}

/** In 16 bits; `shift`: bytes to the table of halves, or 0. */
export function free(terms: usize, shift: u32): void {
  anyTerms(terms, false, pairs, shift);
}

/** In 32 bits, of which the last `bits` are lost. */
export function wide(terms: usize, bits: i32): void {
  anyTerms(terms, true, sums, 0);
  number(bits);
  vector(SHIFT_RIGHT_32);
  number(0xffff);
  vector(SPLAT_32);
  vector(AND);
  set(value());
  anchor(value());
  anyTerms(terms, true, sumsB, 0);
  number(bits);
  vector(SHIFT_RIGHT_32);
  number(16);
  vector(SHIFT_LEFT_32);
  get(value());
  vector(OR);
}
