import { parentPort } from 'node:worker_threads';
import type { CascadeSource } from '../dist/cascade.js';
import type { EngineName } from '../dist/engines.js';
import { FacepipeError } from '../dist/error.js';
import { compareFaces, type Face } from '../dist/face.js';
import type { Image } from '../dist/image.js';
import { createDetector } from '../dist/index.js';
import type { DetectOptions } from '../dist/option.js';
import { type FuzzCase, fuzzCase } from './fuzz-case.js';

// Runs the cases it is told the numbers of, and answers what came of each: a thread, so that it can be stopped.

/** What the thread says: that it has come to the reference, whose faults are not ours, or how a case ended. */
export type FuzzMessage =
  | { number: number; phase: 'reference' }
  | {
      number: number;
      phase: 'end';
      kind: FuzzCase['kind'];
      /** `boxes`, `nothing`, or the error's code */
      outcome: string;
      /** answers that were the same */
      compared: number;
      /** what must not be */
      fault?: string;
      /** bytes of the whole process */
      memory: number;
    };

type Answer = { faces: Face[] } | { code: string };

/** Boxes or a coded error; anything else is thrown on. The types promise nothing here: callers write JavaScript. */
async function ask(engine: EngineName, one: FuzzCase, cascade: unknown): Promise<Answer> {
  try {
    const detector = await createDetector({ cascade: cascade as CascadeSource, engine });
    try {
      return { faces: await detector.detect(one.image as Image, one.options as DetectOptions) };
    } finally {
      await detector.close();
    }
  } catch (error) {
    if (error instanceof FacepipeError && /^FACEPIPE_E_[A-Z_]+$/.test(error.code))
      return { code: error.code };
    throw error;
  }
}

function expectSound(faces: Face[], image: Image): void {
  const sorted = [...faces].sort(compareFaces);
  for (const [index, face] of faces.entries()) {
    const { x, y, width, height, neighbors } = face;
    const isWhole = [x, y, width, height, neighbors].every(Number.isInteger);
    const isInside = x >= 0 && y >= 0 && x + width <= image.width && y + height <= image.height;
    if (!isWhole || !isInside || width < 1 || height < 1 || neighbors < 1 || sorted[index] !== face) {
      throw new Error(`not a face of this image, or out of order: ${JSON.stringify(face)}`);
    }
  }
}

const rows = (faces: Face[]): string => JSON.stringify(faces.map((face) => Object.values(face)));

/** OpenCV may refuse what this package takes; where it answers, the answer is the same. */
async function compare(number: number, one: FuzzCase, answer: Answer): Promise<number> {
  let compared = 0;
  const expectSame = (name: string, other: Answer) => {
    if (!('faces' in answer) || !('faces' in other)) return;
    const [ours, theirs] = [rows(answer.faces), rows(other.faces)];
    if (ours !== theirs) {
      throw new Error(`${name} has ${theirs.slice(0, 300)} where the kernel has ${ours.slice(0, 300)}`);
    }
    compared++;
  };
  if (one.exact) expectSame('the exact code', await ask('simd', one, one.exact));
  if (one.reference) {
    parentPort?.postMessage({ number, phase: 'reference' } satisfies FuzzMessage);
    expectSame('opencv-wasm', await ask('opencv', one, one.cascade));
  }
  return compared;
}

async function run(number: number): Promise<FuzzMessage> {
  const one = await fuzzCase(number);
  const end = { number, phase: 'end' as const, kind: one.kind };
  try {
    const answer = await ask('simd', one, one.cascade);
    if ('faces' in answer) expectSound(answer.faces, one.image as Image);
    if (one.kind === 'same' && 'code' in answer) throw new Error(`a sound cascade ends in ${answer.code}`);
    const compared = one.kind === 'same' ? await compare(number, one, answer) : 0;
    const outcome = 'code' in answer ? answer.code : answer.faces.length > 0 ? 'boxes' : 'nothing';
    return { ...end, outcome, compared, memory: process.memoryUsage.rss() };
  } catch (error) {
    const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...end, outcome: 'fault', compared: 0, fault, memory: process.memoryUsage.rss() };
  }
}

parentPort?.on('message', async (number: number) => parentPort?.postMessage(await run(number)));
