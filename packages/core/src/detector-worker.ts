// A detector in a thread of its own: asked by detector-thread.ts.

import { type Backend, backendOf } from './backend.js';
import type { DetectorAnswer, DetectorOpening, DetectorQuestion } from './detector-message.js';
import { openParts } from './engines.js';
import type { Face } from './face.js';
import { answerQuestions } from './thread-answer.js';
import { threadsUnavailable } from './thread-count.js';

let backend: Backend | undefined;
let warning: DetectorAnswer['warning'];

function giveUp(error: unknown): void {
  const { code, message } = threadsUnavailable(error);
  warning = { code, message };
}

function answerOf({ engine, cascade, threads, window }: Backend, faces: Face[]): DetectorAnswer {
  const answer = { engine, cascade, threads, window, faces, ...(warning && { warning }) };
  warning = undefined;
  return answer;
}

answerQuestions<DetectorOpening | DetectorQuestion, DetectorAnswer>(async (message) => {
  if (message.type === 'open') {
    backend = backendOf(await openParts(message, giveUp));
    return answerOf(backend, []);
  }
  if (!backend) throw new Error('a thread was asked before it was opened');
  const { image, options } = message;
  try {
    return answerOf(backend, await backend.detect(image, options));
  } finally {
    // it was sent for this alone
    if ('close' in image) image.close();
  }
});
