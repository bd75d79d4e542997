// What is around the code of a filter: for the first stage the answer for one group, for the others the loop over the
// groups of a list as row.ts and list.ts have it.
import { alive, contrast, left, pairs, sds, sums, sumsB, sure, VECTORS, value } from './code-local';
import {
  ADD_32,
  at,
  BITS_16,
  beginSize,
  byte,
  EXTEND_8,
  EXTEND_HIGH,
  EXTEND_LOW,
  endSize,
  get,
  LANE_32,
  LOAD,
  LOAD_8_BYTES,
  NARROW_16,
  NARROW_32,
  number,
  POWERS,
  SPLAT_32,
  STORE,
  SUBTRACT_32,
  SWIZZLE,
  set,
  splatAt,
  tee,
  unsigned,
  vector,
} from './code-writer';

/** Instructions on numbers. */
const BLOCK = 0x02;
const LOOP = 0x03;
const END = 0x0b;
const BRANCH = 0x0c;
const BRANCH_IF = 0x0d;
const LOAD_WORD = 0x28;
const NOT_LESS = 0x4f;
const COUNT_BITS = 0x69;
const PLUS = 0x6a;
const TIMES = 0x6c;
const BOTH = 0x71;
const EITHER = 0x72;
const EXCLUSIVE = 0x73;
const SHIFT_LEFT = 0x74;
const SHIFT_RIGHT = 0x76;
const NOTHING = 0x40;
const WORD = 0x7f;
const VECTOR = 0x7b;

/** what the functions of later stages are given: the list, its end, where the next one goes, and tables */
const FROM = 0;
const LAST = 1;
const TO = 2;
const ALL_PAIRS = 3;
const ALL_SUMS = 4;
const NEXT = 5;
const ALL_SDS = 6;
const PLACES = 7;
const FIRST = 13;
const PASS = 14;

let size: usize = 0;

/** Begins a function: locals, starts, and what is before the filter's own code. */
export function beginFunction(filter: usize, isFirst: bool): void {
  size = beginSize();
  byte(isFirst ? 1 : 2);
  if (!isFirst) {
    unsigned(7);
    byte(WORD);
  }
  unsigned(VECTORS);
  byte(VECTOR);
  if (!isFirst) beginGroup();
  get(sds);
  at(LOAD, 0);
  set(contrast());
  splatAt(filter);
  set(left());
  if (!isFirst) return;
  splatAt(filter + 4);
  set(sure());
}

/** Bits of the windows that are alive and not below 0. */
function survivors(from: i32): void {
  get(alive);
  get(from);
  vector(BITS_16);
  number(-1);
  byte(EXCLUSIVE);
  byte(BOTH);
}

export function endFunction(isFirst: bool): void {
  survivors(left());
  if (isFirst) {
    survivors(sure());
    number(8);
    byte(SHIFT_LEFT);
    byte(EITHER);
  } else {
    endGroup();
  }
  byte(END);
  endSize(size);
}

/** A table's address at the group's first window, two bytes a place. */
function addressAt(table: i32): void {
  get(table);
  get(FIRST);
  number(1);
  byte(SHIFT_LEFT);
  byte(PLUS);
}

function narrowed(offset: u32): void {
  get(FROM);
  at(LOAD, offset);
  get(value());
  vector(SUBTRACT_32);
}

function lane(index: i32): void {
  vector(LANE_32);
  byte(index);
}

/** Takes a group from the list: `aliveFrom` of list.ts. */
function beginGroup(): void {
  byte(BLOCK);
  byte(NOTHING);
  byte(LOOP);
  byte(NOTHING);
  get(FROM);
  get(LAST);
  byte(NOT_LESS);
  byte(BRANCH_IF);
  byte(1);
  get(FROM);
  byte(LOAD_WORD);
  byte(2);
  byte(0);
  number(-2);
  byte(BOTH);
  tee(FIRST);
  vector(SPLAT_32);
  set(value());
  number(POWERS);
  at(LOAD, 0);
  narrowed(0);
  narrowed(16);
  vector(NARROW_32);
  tee(left());
  get(left());
  vector(NARROW_16);
  vector(SWIZZLE);
  tee(left());
  lane(0);
  get(left());
  lane(1);
  byte(EITHER);
  number(0x01010101);
  byte(TIMES);
  number(24);
  byte(SHIFT_RIGHT);
  tee(alive);
  byte(COUNT_BITS);
  number(2);
  byte(SHIFT_LEFT);
  get(FROM);
  byte(PLUS);
  set(FROM);
  addressAt(ALL_PAIRS);
  set(pairs);
  addressAt(ALL_SUMS);
  tee(sums);
  get(NEXT);
  byte(PLUS);
  set(sumsB);
  addressAt(ALL_SDS);
  set(sds);
}

/** Four of the group's survivors to the next list. */
function storeFour(extend: u32, offset: u32): void {
  get(TO);
  get(value());
  vector(extend);
  get(left());
  vector(ADD_32);
  at(STORE, offset);
}

/** Puts the survivors on the next list: `append` of list.ts; at the end answers where that ends. */
function endGroup(): void {
  tee(PASS);
  number(3);
  byte(SHIFT_LEFT);
  get(PLACES);
  byte(PLUS);
  at(LOAD_8_BYTES, 0);
  vector(EXTEND_8);
  set(value());
  get(FIRST);
  vector(SPLAT_32);
  set(left());
  storeFour(EXTEND_LOW, 0);
  storeFour(EXTEND_HIGH, 16);
  get(PASS);
  byte(COUNT_BITS);
  number(2);
  byte(SHIFT_LEFT);
  get(TO);
  byte(PLUS);
  set(TO);
  byte(BRANCH);
  byte(0);
  byte(END);
  byte(END);
  get(TO);
}
