// Writes the bytes of a WebAssembly module, one after the other.

let to: usize = 0;
let last: usize = 0;

/** Writes from `at` on, and not beyond `end`. */
export function beginCode(at: usize, end: usize): void {
  to = at;
  // a size is filled in behind what is written
  last = end - 8;
}

/** Where the next byte goes, or 0 where there was no room. */
export function codeEnd(): usize {
  return to < last ? to : 0;
}

/**
 * A byte, or a number, seven bits a byte. It calls itself, and so the compiler does not copy it to all its callers:
 * that would be 20 kB.
 */
function put(value: u32, isNumber: bool): void {
  if (to >= last) return;
  const hasMore = isNumber && value > 127;
  store<u8>(to++, hasMore ? value | 128 : value);
  if (hasMore) put(value >> 7, true);
}

export function unsigned(value: u32): void {
  put(value, true);
}

export function byte(value: i32): void {
  put(value, false);
}

function signed(value: i32): void {
  const hasMore = value > 63 || value < -64;
  put(hasMore ? value | 128 : value & 127, false);
  if (hasMore) signed(value >> 7);
}

/** Leaves room for a number in front of what it counts the bytes of. */
export function beginSize(): usize {
  const at = to;
  for (let index = 0; index < 5; index++) byte(0);
  return at;
}

export function endSize(at: usize): void {
  let size = to - at - 5;
  for (let index = 0; index < 4; index++, size >>= 7) store<u8>(at + index, (size & 127) | 128);
  store<u8>(at + 4, size);
}

/** A vector instruction. */
export function vector(code: u32): void {
  byte(0xfd);
  unsigned(code);
}

export function get(local: i32): void {
  byte(0x20);
  unsigned(local);
}

export function set(local: i32): void {
  byte(0x21);
  unsigned(local);
}

export function tee(local: i32): void {
  byte(0x22);
  unsigned(local);
}

export function number(value: i32): void {
  byte(0x41);
  signed(value);
}

/** An instruction that reads or writes at the address on the stack plus `offset`. */
export function at(code: u32, offset: u32): void {
  vector(code);
  byte(0);
  unsigned(offset);
}

/** The word at a fixed address, four times. In V8 an address costs less than an offset. */
export function splatAt(address: usize): void {
  number(<i32>address);
  at(SPLAT, 0);
}

/** Below the frame: 16 bytes that anything is stored to, and the powers of two that list.ts has. */
const ANCHOR: i32 = 512;
export const POWERS: i32 = 528;

/**
 * Stores a vector where nobody reads it. V8's compiler puts all loads of a block first and then has too few registers
 * for what they bring; a store keeps them from being moved, and is much cheaper than that.
 */
export function anchor(local: i32): void {
  number(ANCHOR);
  get(local);
  at(STORE, 0);
}

/** Instructions on vectors, by their numbers in the standard. */
export const LOAD: u32 = 0;
const SPLAT: u32 = 9;
export const STORE: u32 = 11;
export const SWIZZLE: u32 = 14;
export const SPLAT_16: u32 = 16;
export const SPLAT_32: u32 = 17;
export const LANE_32: u32 = 27;
export const LESS_16: u32 = 47;
export const GREATER_16: u32 = 49;
export const NOT_GREATER_16: u32 = 51;
export const AND: u32 = 78;
export const AND_NOT: u32 = 79;
export const OR: u32 = 80;
export const LOAD_8_BYTES: u32 = 93;
export const NARROW_16: u32 = 102;
export const SCALE: u32 = 130;
export const RELAXED_SCALE: u32 = 0x111;
export const BITS_16: u32 = 132;
export const NARROW_32: u32 = 133;
export const EXTEND_8: u32 = 137;
export const ADD_16: u32 = 142;
export const SUBTRACT_16: u32 = 145;
export const LOSE_16: u32 = 146;
export const MULTIPLY_16: u32 = 149;
export const EXTEND_LOW: u32 = 169;
export const EXTEND_HIGH: u32 = 170;
export const SHIFT_LEFT_32: u32 = 171;
export const SHIFT_RIGHT_32: u32 = 172;
export const ADD_32: u32 = 174;
export const SUBTRACT_32: u32 = 177;
export const MULTIPLY_32: u32 = 181;
