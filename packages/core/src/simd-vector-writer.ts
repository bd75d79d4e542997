import { type Grid, offsetOf } from './simd-program.js';
import type { Choice, Question, Stump, VectorStage, Vectors } from './simd-vector.js';
import { leafWords, stageWords } from './simd-vector.js';

/** Writes words one after the other. */
class Writer {
  readonly #ints: Int32Array;
  readonly #floats: Float32Array;
  /** in words */
  at: number;

  constructor(memory: ArrayBuffer, address: number) {
    this.#ints = new Int32Array(memory);
    this.#floats = new Float32Array(memory);
    this.at = address >> 2;
  }

  get address(): number {
    return this.at * 4;
  }

  int(value: number): void {
    this.#ints[this.at++] = value;
  }

  float(value: number): void {
    this.#floats[this.at++] = value;
  }

  countAt(word: number): void {
    this.#ints[word] = (this.#ints[word] ?? 0) + 1;
  }
}

/** `leaf` stands after the threshold where there is one. */
function writeQuestion(to: Writer, { shape, corners, threshold }: Question, grid: Grid, leaf?: number): void {
  const offset = ({ x, y, tilted }: Question['corners'][number]) =>
    offsetOf(grid, x, y) + (tilted ? grid.tilted : 0);
  if (shape === 3) {
    to.float(threshold);
    if (leaf !== undefined) to.float(leaf);
    to.int(corners.length);
    for (const corner of corners) {
      to.int(offset(corner));
      to.int(corner.times);
    }
  } else {
    for (const corner of corners) to.int(offset(corner));
    to.float(threshold);
    if (leaf !== undefined) to.float(leaf);
  }
}

function writeHead(head: Writer, { low, high }: VectorStage, features: number, trees: number): void {
  for (let shape = 0; shape < 4; shape++) head.int(0);
  head.float(low);
  head.float(high);
  head.int(features);
  head.int(trees);
}

function writeStumps(to: Writer, head: number, stumps: readonly Stump[], grid: Grid): void {
  for (const { question, leaf } of stumps) {
    to.countAt(head + question.shape);
    writeQuestion(to, question, grid, leaf);
  }
}

/** A head of their own with the questions in the order of their shapes, then the choices, then the leaves. */
function writeTrees(memory: ArrayBuffer, to: Writer, answers: number, stage: VectorStage, grid: Grid): void {
  const choices = stage.trees.flat();
  const questions = choices.map(({ question }) => question).sort((a, b) => a.shape - b.shape);
  const head = new Writer(memory, to.address);
  const start = to.at;
  to.at += stageWords;
  const answerOf = new Map<Question, number>();
  const features = to.address;
  for (const [index, question] of questions.entries()) {
    answerOf.set(question, answers + index * 32);
    to.countAt(start + question.shape);
    writeQuestion(to, question, grid);
  }
  // the counts were made in place
  head.at += 4;
  head.float(stage.low);
  head.float(stage.high);
  head.int(features);
  head.int(to.address);

  const leaves = new Writer(memory, to.address + 4 + 16 * choices.length);
  const leafAt = (leaf: number): number => {
    const address = leaves.address;
    for (let lane = 0; lane < leafWords; lane++) leaves.float(leaf);
    return address;
  };
  const valueAt = (tree: readonly Choice[], node: number) =>
    answers + 32 * questions.length + 32 * choices.indexOf(tree[node] as Choice);
  to.int(choices.length);
  for (const tree of stage.trees) {
    for (let node = tree.length - 1; node >= 0; node--) {
      const { question, yes, no } = tree[node] as Choice;
      to.int(answerOf.get(question) ?? 0);
      for (const branch of [yes, no]) {
        to.int('leaf' in branch ? leafAt(branch.leaf) : valueAt(tree, branch.node));
      }
      to.int(node === 0 ? 0 : valueAt(tree, node));
    }
  }
  to.at = leaves.at;
}

/** Puts the stages at byte `address` of the kernel's memory; `answers` is where the kernel keeps those of trees. */
export function writeVectors(
  memory: ArrayBuffer,
  address: number,
  answers: number,
  { stages, words }: Vectors,
  grid: Grid,
): void {
  new Int32Array(memory, address, words).fill(0);
  const heads = new Writer(memory, address);
  const to = new Writer(memory, address + stages.length * stageWords * 4);
  for (const stage of stages) {
    const head = heads.at;
    const isOfTrees = stage.trees.length > 0;
    writeHead(heads, stage, to.address, isOfTrees ? to.address : 0);
    if (isOfTrees) writeTrees(memory, to, answers, stage, grid);
    else writeStumps(to, head, stage.stumps, grid);
  }
}
