import type { EngineName } from '../dist/engines.js';
import { Detectors, type Digest, difference, digestOf } from './sweep-answer.js';
import { type SweepCase, type SweepGroup, sweepGroups } from './sweep-case.js';
import type { Recipe } from './sweep-image.js';
import { type NativeAnswer, type NativeFace, NativeOpenCv } from './sweep-native.js';

/** One case with two answers, and all that is needed to ask it again. */
export interface Mismatch {
  number: number;
  what: string;
  image: Recipe;
  case: SweepCase;
  native: NativeFace[];
  got: NativeFace[];
}

export interface SweepResult {
  opencv: string;
  cases: number;
  images: number;
  boxes: number;
  /** cases in which native OpenCV found something */
  found: number;
  scored: number;
  mismatches: Mismatch[];
}

/** Native OpenCV's answers in order, `ahead` groups asked before they are needed, over several processes. */
export async function* nativeAnswers(
  groups: AsyncIterable<SweepGroup>,
  { processes, scores }: { processes: NativeOpenCv[]; scores: boolean },
): AsyncGenerator<{ group: SweepGroup; answer: NativeAnswer }> {
  const asked: { group: SweepGroup; answer: Promise<NativeAnswer> }[] = [];
  const ahead = processes.length * 4;
  let index = 0;
  for await (const group of groups) {
    const process = processes[index++ % processes.length];
    if (!process) return;
    asked.push({ group, answer: process.ask(group, scores) });
    const first = asked.length > ahead ? asked.shift() : undefined;
    if (first) yield { group: first.group, answer: await first.answer };
  }
  for (const { group, answer } of asked) yield { group, answer: await answer };
}

/**
 * Asks an engine and native OpenCV the same cases, side by side.
 * @throws when the two do not make the same images, for then nothing can be compared
 */
export async function sweepLive(options: {
  engine: EngineName;
  seed: number;
  cases: number;
  onMismatch?: (mismatch: Mismatch) => void;
}): Promise<SweepResult> {
  const native = new NativeOpenCv();
  const detectors = new Detectors(options.engine);
  const result: SweepResult = {
    ...{ opencv: await native.version, cases: 0, images: 0, boxes: 0, found: 0, scored: 0, mismatches: [] },
  };
  const groups = sweepGroups(options.seed, options.cases);
  try {
    for await (const { group, answer } of nativeAnswers(groups, { processes: [native], scores: true })) {
      const { pixels, answers } = await detectors.group(group);
      if (pixels.toString('hex') !== answer.pixels) {
        throw new Error(`Python makes another image of ${JSON.stringify(group.image)}`);
      }
      result.images++;
      for (const [index, one] of group.cases.entries()) {
        const [expected, got] = [answer.answers[index] ?? [], answers[index] ?? []];
        const [theirs, ours]: [Digest, Digest] = [digestOf(expected), digestOf(got)];
        const what = difference(ours, theirs);
        if (what !== undefined) {
          const { image } = group;
          const mismatch = { number: result.cases, what, image, case: one, native: expected, got };
          result.mismatches.push(mismatch);
          options.onMismatch?.(mismatch);
        }
        result.cases++;
        result.boxes += expected.length;
        if (expected.length > 0) result.found++;
        if (ours.scores !== 0 && theirs.scores !== 0) result.scored++;
      }
    }
  } finally {
    await detectors.close();
    await native.close();
  }
  return result;
}
