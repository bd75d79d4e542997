// Makes the code of a filter of trees, as filter-tree.ts does it: tree by tree, its answers in registers.
import { answer, contrast, left, limit, sure, value } from './code-local';
import {
  addQuestion,
  addressOf,
  ask,
  cornersOf,
  FREE,
  keptOf,
  QUESTION_BYTES,
  shapeOf,
  WIDE,
} from './code-question';
import {
  AND,
  AND_NOT,
  anchor,
  GREATER_16,
  get,
  LOSE_16,
  NOT_GREATER_16,
  number,
  OR,
  SPLAT_16,
  SUBTRACT_16,
  set,
  splatAt,
  vector,
} from './code-writer';

/** A tree: address in the filter, or 0 when it is done, and its questions, the second one may be the first. */
const TREE: usize = 12;
const RECORD: usize = 40;

let scale: u32 = 0;
let isFirst: bool = false;
let answers: usize = 0;
let questions: usize = 0;

/** Notes all questions; answers where the filter's trees begin. */
function gatherQuestions(filter: usize): usize {
  let at = filter + 32;
  let to = questions;
  for (let shape = 0; shape <= WIDE; shape++) {
    for (let left = load<i32>(filter + ((<usize>shape) << 2), 8); left > 0; left--, to += QUESTION_BYTES) {
      addQuestion(to, at, shape, at, 0);
      if (shape < FREE) at += ((<usize>cornersOf(shape)) << 2) + 4;
      else if (shape === FREE) at += 8 + (load<usize>(at, 4) << 3);
      else at += 12 + (load<usize>(at, 8) << 3);
    }
  }
  return at;
}

/** The question of one of a tree's eight answers. */
function questionOf(record: usize, index: usize): usize {
  return questions + ((load<u32>(record + (index << 2), 8) - answers) >> 5) * QUESTION_BYTES;
}

/** Notes the tree with its questions: the worst leaf of three, or a part of it, tells both. */
function addTree(to: usize, record: usize): void {
  const first = questionOf(record, 0);
  let second = first;
  for (let index: usize = 1; index < 8; index++) {
    if (questionOf(record, index) !== first) second = questionOf(record, index);
  }
  store<u32>(to, <u32>record);
  store<u32>(to, <u32>first, 4);
  store<u32>(to, <u32>second, 8);
}

function isYesAt(record: usize, index: usize): bool {
  return ((load<u32>(record + (index << 2), 8) - answers) & 16) !== 0;
}

/** Whether an answer of the question is used by the tree's losses. */
function isUsed(record: usize, question: usize, isYes: bool): bool {
  const used: usize = isFirst ? 8 : 4;
  for (let index: usize = 0; index < used; index++) {
    if (questionOf(record, index) === question && isYesAt(record, index) === isYes) return true;
  }
  return false;
}

function writeQuestion(record: usize, question: usize, place: i32): void {
  const shape = shapeOf(question);
  const at = addressOf(question);
  const isShaped = shape < FREE;
  ask(question, shape === WIDE ? at + 8 : at + 4, shape === WIDE ? load<i32>(at, 4) : 0);
  set(value());
  get(contrast());
  splatAt(isShaped ? at + ((<usize>cornersOf(shape)) << 2) : at);
  vector(scale);
  set(limit());
  if (isUsed(record, question, false)) {
    get(value());
    get(limit());
    vector(GREATER_16);
    set(answer(place, false));
    anchor(answer(place, false));
  }
  if (isUsed(record, question, true)) {
    get(value());
    get(limit());
    number(shape === WIDE ? 3 : 2);
    vector(SPLAT_16);
    vector(SUBTRACT_16);
    vector(NOT_GREATER_16);
    set(answer(place, true));
    anchor(answer(place, true));
  }
}

/** Two of the tree's answers in one. */
function joined(tree: usize, index: usize, code: u32): void {
  const record: usize = load<u32>(tree);
  const first = load<u32>(tree, 4);
  get(answer(questionOf(record, index) === first ? 0 : 1, isYesAt(record, index)));
  if (load<u32>(record + (index << 2), 8) === load<u32>(record + (index << 2), 12)) return;
  get(answer(questionOf(record, index + 1) === first ? 0 : 1, isYesAt(record, index + 1)));
  vector(code);
}

/** The middle leaf's loss, and what the worst one loses more, where they are lost for certain. */
function writeLosses(tree: usize): void {
  const record: usize = load<u32>(tree);
  for (let part: usize = 0; part < 2; part++) {
    if (load<i32>(record + (part << 2)) === 0) continue;
    get(left());
    joined(tree, part << 1, part === 0 ? OR : AND);
    splatAt(record + (part << 2));
    vector(AND);
    vector(LOSE_16);
    set(left());
    if (!isFirst) continue;
    get(sure());
    splatAt(record + (part << 2));
    joined(tree, 4 + (part << 1), part === 0 ? AND : OR);
    vector(AND_NOT);
    vector(LOSE_16);
    set(sure());
  }
  anchor(left());
  if (isFirst) anchor(sure());
}

function writeTree(tree: usize): void {
  const record: usize = load<u32>(tree);
  const first: usize = load<u32>(tree, 4);
  const second: usize = load<u32>(tree, 8);
  writeQuestion(record, first, 0);
  if (second !== first) writeQuestion(record, second, 1);
  writeLosses(tree);
}

function keptOfTree(tree: usize): i32 {
  const first: usize = load<u32>(tree, 4);
  const second: usize = load<u32>(tree, 8);
  return keptOf(first) + (second === first ? 0 : keptOf(second));
}

/** Writes what a filter of trees does. `work`: room for its questions; `answersAt`: where answers would be. */
export function writeTrees(filter: usize, work: usize, first: bool, scaling: u32, answersAt: usize): void {
  scale = scaling;
  isFirst = first;
  answers = answersAt;
  questions = work;
  const records = gatherQuestions(filter);
  let count = load<u32>(filter, 28);
  const trees = work + questionsOf(filter) * QUESTION_BYTES;
  const end = trees + count * TREE;
  for (let tree = trees, record = records; tree < end; tree += TREE, record += RECORD) addTree(tree, record);
  for (; count > 0; count--) {
    let best: usize = 0;
    let most = -1;
    for (let tree = trees; tree < end; tree += TREE) {
      if (load<u32>(tree) === 0) continue;
      const kept = keptOfTree(tree);
      if (kept <= most) continue;
      most = kept;
      best = tree;
    }
    writeTree(best);
    // done
    store<u32>(best, 0);
  }
}

function questionsOf(filter: usize): usize {
  let count: usize = 0;
  for (let shape: usize = 0; shape <= 4; shape++) count += load<u32>(filter + (shape << 2), 8);
  return count;
}

export function treeBytes(filter: usize): usize {
  return questionsOf(filter) * QUESTION_BYTES + <usize>load<u32>(filter, 28) * TREE;
}
