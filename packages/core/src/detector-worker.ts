// A detector in a thread of its own: asked by detector-thread.ts.
import { type Detector, openDetector } from './detector.js';
import type { DetectorAnswer, DetectorOpening, DetectorQuestion } from './detector-message.js';
import { openEngine } from './engines.js';
import { answerQuestions } from './thread-answer.js';

let detector: Detector | undefined;

answerQuestions<DetectorOpening | DetectorQuestion, DetectorAnswer>(async (message) => {
  if (message.type === 'open') {
    const engine = await openEngine(message.engine, message.module);
    detector = await openDetector(engine, message.cascade, message.threads);
    return { engine: detector.engine, threads: detector.threads, faces: [] };
  }
  if (!detector) throw new Error('a thread was asked before it was opened');
  const faces = await detector.detect(message.image, message.options);
  return { engine: detector.engine, threads: detector.threads, faces };
});
