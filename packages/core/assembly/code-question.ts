// The features of a stage as they are when its function is made: what is asked of eight windows.
import { addUse, beginFeature, cornerAt, isKept } from './code-corner';
import { free, shaped, wide } from './code-feature';

/** A feature: address in the filter, shape, corners, and their numbers where it has a shape. */
export const QUESTION_BYTES: usize = 12 + 9 * 4;

/** Shapes are 0, 1 and 2. */
export const FREE: i32 = 3;
export const WIDE: i32 = 4;

export function cornersOf(shape: i32): i32 {
  return shape === 0 ? 6 : shape === 1 ? 8 : shape === 2 ? 9 : 0;
}

/** Notes the feature whose offsets are at `offsets` of the filter; `shift`: bytes to the table it reads. */
export function addQuestion(to: usize, at: usize, shape: i32, offsets: usize, shift: i32): void {
  const count = cornersOf(shape);
  store<u32>(to, <u32>at);
  store<i32>(to, shape, 4);
  store<i32>(to, count, 8);
  for (let index: usize = 0; index < <usize>count; index++) {
    const corner = cornerAt(load<i32>(offsets + (index << 2)) + shift);
    store<i32>(to + (index << 2), corner, 12);
    addUse(corner, 1);
  }
}

export function addressOf(question: usize): usize {
  return load<u32>(question);
}

export function shapeOf(question: usize): i32 {
  return load<i32>(question, 4);
}

/** How many of its corners are at hand. */
export function keptOf(question: usize): i32 {
  let count = 0;
  for (let index = load<i32>(question, 8); index-- > 0; ) {
    if (isKept(load<i32>(question + ((<usize>index) << 2), 12))) count++;
  }
  return count;
}

/** Puts the feature's value on the stack. `terms`: of a sum of any corners; `extra`: to the halves, or bits to lose. */
export function ask(question: usize, terms: usize, extra: i32): void {
  const shape = shapeOf(question);
  if (shape === FREE) {
    free(terms, extra);
  } else if (shape === WIDE) {
    wide(terms, extra);
  } else {
    beginFeature(question + 12, load<i32>(question, 8));
    shaped(shape, question + 12);
  }
}
