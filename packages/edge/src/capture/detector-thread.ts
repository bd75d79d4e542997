import { Worker } from 'node:worker_threads';
import type { DetectOptions, Detector, DetectorOptions, Face, Image } from '@facepipe/core';
import { type ExitCode, expectArgument, FacepipeError } from '@facepipe/service';

export interface Question {
  image: Image;
  options: DetectOptions | undefined;
}

export type Answer =
  | { type: 'ready'; engine: string; cascade: string; threads: number }
  | { type: 'faces'; faces: Face[] }
  | { type: 'failed'; message: string; coded: { code: string; exit: ExitCode } | undefined };

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/**
 * A detector in a thread of its own. Detection never waits, so on the main thread it would hold up the camera's
 * frames in the operating system's pipes, and the broker's keepalive with them.
 * @throws what `createDetector` throws
 */
export async function createDetectorThread(options: DetectorOptions): Promise<Detector> {
  expectArgument('options', options, 'object');
  const worker = new Worker(new URL('./detector-worker.js', import.meta.url), { workerData: options });
  // answers come in the order of the questions
  const waiting: Waiting[] = [];
  let gone: Error | undefined;
  const end = (error: Error) => {
    gone ??= error;
    for (const { reject } of waiting.splice(0)) reject(gone);
  };
  worker.on('message', (answer: Answer) => waiting.shift()?.resolve(answer));
  worker.on('error', end);
  worker.on('exit', () => end(new Error('the detector’s thread has ended')));

  async function ask(question?: Question): Promise<Answer> {
    if (gone) throw gone;
    const answer = await new Promise<Answer>((resolve, reject) => {
      waiting.push({ resolve, reject });
      if (question) worker.postMessage(question);
    });
    if (answer.type !== 'failed') return answer;
    const { message, coded } = answer;
    throw coded ? new FacepipeError(coded.code, coded.exit, message) : new Error(message);
  }

  // a clone would be garbage in the other thread, tens of megabytes of it: the frame is copied to where both can see it
  const spare: SharedArrayBuffer[] = [];
  function share({ data, ...image }: Image): { image: Image; done: () => void } {
    const last = spare.pop();
    const memory = last?.byteLength === data.byteLength ? last : new SharedArrayBuffer(data.byteLength);
    const shared = new Uint8Array(memory);
    shared.set(data);
    const done = (): void => {
      spare[0] = memory;
    };
    return { image: { ...image, data: shared }, done };
  }

  try {
    const ready = await ask();
    if (ready.type !== 'ready') throw new Error('the detector’s thread did not start');
    return {
      engine: ready.engine,
      cascade: ready.cascade,
      threads: ready.threads,
      detect: async (frame, detectOptions) => {
        const { image, done } = share(frame);
        const answer = await ask({ image, options: detectOptions }).finally(done);
        return answer.type === 'faces' ? answer.faces : [];
      },
      close: async () => {
        await worker.terminate();
      },
    };
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}
