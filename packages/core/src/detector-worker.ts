// A detector in a thread of its own: asked by detector-thread.ts. The threads that it starts run this file as well,
// asked by simd-team.ts: a bundler that takes a worker as it is takes nothing along that lies beside it.
import type { DetectorAnswer, DetectorOpening, DetectorQuestion } from './detector-message.js';
import type { Finder } from './engine.js';
import { openParts } from './engines.js';
import type { Face } from './face.js';
import { teamMember } from './simd-member.js';
import type { Answer, Opening, Work } from './simd-message.js';
import { answerQuestions } from './thread-answer.js';
import { startOwnFile } from './thread-own.js';

let finder: Finder | undefined;
const member = teamMember();

const answerOf = ({ engine, cascade, threads }: Finder, faces: Face[]): DetectorAnswer => ({
  engine,
  cascade,
  threads,
  faces,
});

startOwnFile('./detector-worker.js');
answerQuestions<DetectorOpening | DetectorQuestion | Opening | Work, DetectorAnswer | Answer>(
  async (message) => {
    if (message.type === 'search' || (message.type === 'open' && !('engine' in message)))
      return member(message);
    if (message.type === 'open') {
      finder = await openParts(message);
      return answerOf(finder, []);
    }
    if (!finder) throw new Error('a thread was asked before it was opened');
    return answerOf(finder, await finder.detect(message.image, message.options));
  },
);
