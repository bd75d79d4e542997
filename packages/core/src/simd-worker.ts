// A thread of the engine simd: asked by simd-team.ts.
import { type Keeper, keeper } from './keeper.js';
import { bytesFor } from './simd-frame.js';
import { packHits } from './simd-group.js';
import { type Answer, type Opening, sharedImage, takeFrom, type Work } from './simd-message.js';
import { instantiateKernel } from './simd-module.js';
import { Searcher } from './simd-search.js';
import { planner } from './simd-task.js';
import { answerQuestions } from './thread-answer.js';

let open: { searcher: Keeper<Searcher>; planFor: ReturnType<typeof planner> } | undefined;

answerQuestions<Opening | Work, Answer>(async (message) => {
  if (message.type === 'open') {
    const { module, cascade } = message;
    const searcher = await keeper(async () => new Searcher(await instantiateKernel(module), cascade));
    open = { searcher, planFor: planner(searcher.value.window, message.threads) };
    return { type: 'open' };
  }
  if (!open) throw new Error('a thread was asked before it was opened');
  const plan = open.planFor(message, message.search);
  const { hits, ...share } = open.searcher
    .for(bytesFor(message))
    .search(sharedImage(message), plan, takeFrom(message));
  return { type: 'share', hits: packHits(hits), ...share };
});
