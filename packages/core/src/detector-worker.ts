// A detector in a thread of its own: asked by detector-thread.ts.
import { type Detector, openDetector } from './detector.js';
import type { DetectorAnswer, DetectorOpening, DetectorQuestion } from './detector-message.js';
import { openParts } from './engines.js';
import type { Face } from './face.js';
import { answerQuestions } from './thread-answer.js';

let detector: Detector | undefined;

const answerOf = ({ engine, cascade, threads }: Detector, faces: Face[]): DetectorAnswer => ({
  engine,
  cascade,
  threads,
  faces,
});

answerQuestions<DetectorOpening | DetectorQuestion, DetectorAnswer>(async (message) => {
  if (message.type === 'open') {
    detector = openDetector(await openParts(message));
    return answerOf(detector, []);
  }
  if (!detector) throw new Error('a thread was asked before it was opened');
  return answerOf(detector, await detector.detect(message.image, message.options));
});
