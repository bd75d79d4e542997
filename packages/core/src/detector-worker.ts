// A detector in a thread of its own: asked by detector-thread.ts.
import type { DetectorAnswer, DetectorOpening, DetectorQuestion } from './detector-message.js';
import type { Finder } from './engine.js';
import { openParts } from './engines.js';
import type { Face } from './face.js';
import { answerQuestions } from './thread-answer.js';

let finder: Finder | undefined;

const answerOf = ({ engine, cascade, threads }: Finder, faces: Face[]): DetectorAnswer => ({
  engine,
  cascade,
  threads,
  faces,
});

answerQuestions<DetectorOpening | DetectorQuestion, DetectorAnswer>(async (message) => {
  if (message.type === 'open') {
    finder = await openParts(message);
    return answerOf(finder, []);
  }
  if (!finder) throw new Error('a thread was asked before it was opened');
  return answerOf(finder, await finder.detect(message.image, message.options));
});
