import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SweepGroup } from './sweep-case.js';

const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('../golden/sweep.py', import.meta.url));

/** x, y, width, height, neighbors, score: undefined when not asked for, null when native OpenCV has several */
export type NativeFace = [number, number, number, number, number, (number | null)?];

export interface NativeAnswer {
  /** SHA-256 of the image's pixels, hex */
  pixels: string;
  answers: NativeFace[][];
}

/** Why native OpenCV cannot be asked here, or false. */
export const withoutNative: string | false =
  existsSync(python) && spawnSync(python, ['-c', 'import cv2']).status === 0
    ? false
    : 'native OpenCV is not installed: apt-get install python3-opencv';

/** Native OpenCV in a process of its own, which answers groups in the order they are asked. */
export class NativeOpenCv {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly version: Promise<string>;
  #last: Promise<unknown>;

  constructor() {
    const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.version = this.#line().then((line) => (JSON.parse(line) as { opencv: string }).opencv);
    this.#last = this.version;
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('python3 ended before it had answered');
    return value;
  }

  ask({ image, cases }: SweepGroup, scores: boolean): Promise<NativeAnswer> {
    const none = [0, 0];
    const filled = cases.map((one) => ({ minSize: none, maxSize: none, ...one }));
    this.#process.stdin?.write(`${JSON.stringify({ image, scores, cases: filled })}\n`);
    const answer = this.#last.then(async () => JSON.parse(await this.#line()) as NativeAnswer);
    this.#last = answer.catch(() => {});
    return answer;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.stdin?.end();
    await once(this.#process, 'exit');
  }
}
