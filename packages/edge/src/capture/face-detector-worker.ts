import { parentPort, workerData } from 'node:worker_threads';
import { FacepipeError } from '@facepipe/core';
import type { RejectedFace } from './face-detector.js';
import type { Answer, Question } from './face-detector-thread.js';
import { openFaceDetector } from './open-face-detector.js';
import type { FaceDetectorOptions } from './two-stage-detector.js';

// the other end is in face-detector-thread.ts
const port = parentPort;
if (!port) throw new Error('face-detector-worker is started by face-detector-thread');
const answer = (message: Answer): void => port.postMessage(message);

function failed(error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error);
  const coded = error instanceof FacepipeError ? { code: error.code, exit: error.exit } : undefined;
  return { type: 'failed', message, coded };
}

try {
  const detector = await openFaceDetector(workerData as FaceDetectorOptions);
  const { engine, cascade, verifier, threshold, width, threads, counts } = detector;
  answer({ type: 'ready', engine, cascade, verifier, threshold, width, threads });
  async function look({ image, options, looking, rejected: wanted }: Question): Promise<void> {
    const rejected: RejectedFace[] = [];
    const onRejected = (face: RejectedFace) => rejected.push(face);
    try {
      const asked = looking && { ...looking, ...(wanted && { onRejected }) };
      const faces = await detector.detect(image, options, asked);
      answer({ type: 'faces', faces, rejected, counts });
    } catch (error) {
      answer(failed(error));
    }
  }
  // one after the other: answers come in the order of the questions
  let last = Promise.resolve();
  port.on('message', (question: Question) => {
    last = last.then(() => look(question));
  });
} catch (error) {
  answer(failed(error));
}
