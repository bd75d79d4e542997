import { parentPort, workerData } from 'node:worker_threads';
import { createDetector, type DetectorOptions, FacepipeError } from '@facepipe/core';
import type { Answer, Question } from './detector-thread.js';

// the other end is in detector-thread.ts
const port = parentPort;
if (!port) throw new Error('detector-worker is started by detector-thread');
const answer = (message: Answer): void => port.postMessage(message);

function failed(error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error);
  const coded = error instanceof FacepipeError ? { code: error.code, exit: error.exit } : undefined;
  return { type: 'failed', message, coded };
}

try {
  const detector = await createDetector(workerData as DetectorOptions);
  const { engine, cascade, threads } = detector;
  answer({ type: 'ready', engine, cascade, threads });
  port.on('message', async ({ image, options }: Question) => {
    try {
      answer({ type: 'faces', faces: await detector.detect(image, options) });
    } catch (error) {
      answer(failed(error));
    }
  });
} catch (error) {
  answer(failed(error));
}
