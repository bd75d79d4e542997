import { Worker } from 'node:worker_threads';
import type { DetectOptions, Image } from '@facepipe/core';
import { type ExitCode, expectArgument, FacepipeError } from '@facepipe/service';
import type { DetectedFace, DetectionCounts, Looking, RejectedFace } from './face-detector.js';
import type { FaceDetectorOptions, OpenFaceDetector } from './two-stage-detector.js';

export interface Question {
  image: Image;
  options: DetectOptions | undefined;
  looking: Omit<Looking, 'onRejected'> | undefined;
  /** Whether to say what the network rejects. */
  rejected: boolean;
}

export type Answer =
  | {
      type: 'ready';
      engine: string;
      cascade: string;
      verifier: string | undefined;
      threshold: number | undefined;
      width: number | undefined;
      threads: number;
    }
  | {
      type: 'faces';
      faces: readonly DetectedFace[];
      rejected: readonly RejectedFace[];
      counts: DetectionCounts;
    }
  | { type: 'failed'; message: string; coded: { code: string; exit: ExitCode } | undefined };

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/**
 * A detector of one or two stages in a thread of its own: cascades, and the network that confirms what they propose.
 * Detection never waits, so on the main thread it would hold up the camera's frames in the operating system's pipes,
 * and the broker's keepalive with them. Only boxes come back.
 * @throws what `createDetector` and `createVerifier` throw
 */
export async function createFaceDetector(options: FaceDetectorOptions): Promise<OpenFaceDetector> {
  expectArgument('options', options, 'object');
  const worker = new Worker(new URL('./face-detector-worker.js', import.meta.url), { workerData: options });
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
  function share({ data, width, height, format }: Image): { image: Image; done: () => void } {
    const last = spare.pop();
    const memory = last?.byteLength === data.byteLength ? last : new SharedArrayBuffer(data.byteLength);
    const shared = new Uint8Array(memory);
    shared.set(data);
    const done = (): void => {
      spare[0] = memory;
    };
    return { image: { data: shared, width, height, format }, done };
  }

  try {
    const ready = await ask();
    if (ready.type !== 'ready') throw new Error('the detector’s thread did not start');
    const { engine, cascade, verifier, threshold, width, threads } = ready;
    const counts: DetectionCounts = { candidates: 0, confirmed: 0, rejected: 0, searching: 0, verifying: 0 };
    return {
      engine,
      cascade,
      ...(verifier !== undefined && { verifier }),
      ...(threshold !== undefined && { threshold }),
      ...(width !== undefined && { width }),
      threads,
      counts,
      detect: async (frame, detectOptions, looking) => {
        const { image, done } = share(frame);
        const { onRejected, ...rest } = looking ?? {};
        const question = {
          image,
          options: detectOptions,
          looking: looking && { expected: [], ...rest },
          rejected: onRejected !== undefined,
        };
        const answer = await ask(question).finally(done);
        if (answer.type !== 'faces') return [];
        for (const face of answer.rejected) onRejected?.(face);
        Object.assign(counts, answer.counts);
        return answer.faces;
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
