// A detector in a thread of its own: asked by detector-thread.ts. The threads that it starts run this file as well,
// asked by simd-team.ts: a bundler that takes a worker as it is takes nothing along that lies beside it.

import { type Backend, backendOf } from './backend.js';
import type { DetectorAnswer, DetectorOpening, DetectorQuestion } from './detector-message.js';
import { openParts } from './engines.js';
import type { Face } from './face.js';
import { teamMember } from './simd-member.js';
import type { Answer, Opening, Work } from './simd-message.js';
import { answerQuestions } from './thread-answer.js';
import { threadsUnavailable } from './thread-count.js';
import { startOwnFile } from './thread-own.js';

const member = teamMember();
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

startOwnFile('./detector-worker.js');
answerQuestions<DetectorOpening | DetectorQuestion | Opening | Work, DetectorAnswer | Answer>(
  async (message) => {
    if (message.type === 'search' || (message.type === 'open' && !('engine' in message)))
      return member(message);
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
  },
);
