// A thread of the engine simd: asked by simd-team.ts.
import { packHits } from './simd-group.js';
import { type Answer, type Opening, sharedImage, takeFrom, type Work } from './simd-message.js';
import { instantiateKernel } from './simd-module.js';
import { Searcher } from './simd-search.js';
import { planner } from './simd-task.js';
import { Trial } from './simd-trial.js';
import { answerQuestions } from './thread-answer.js';

let open: { searcher: Searcher; planFor: ReturnType<typeof planner> } | undefined;

answerQuestions<Opening | Work, Answer>(async (message) => {
  if (message.type === 'open') {
    const searcher = new Searcher(await instantiateKernel(message.module), message.cascade);
    open = { searcher, planFor: planner(searcher.window, message.threads) };
    return { type: 'open' };
  }
  if (!open) throw new Error('a thread was asked before it was opened');
  // where it cannot be used, tables are
  if (message.code) await open.searcher.adopt(message.code, new Trial()).catch(() => {});
  const plan = open.planFor(message, message.search);
  const [image, take] = [sharedImage(message), takeFrom(message)];
  const { hits, ...share } = open.searcher.search(image, plan, message.search.scores, take);
  return { type: 'share', hits: packHits(hits), ...share };
});
