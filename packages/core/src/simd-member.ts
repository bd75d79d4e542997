import { packHits } from './simd-group.js';
import { type Answer, type Opening, sharedImage, takeFrom, type Work } from './simd-message.js';
import { instantiateKernel } from './simd-module.js';
import { Searcher } from './simd-search.js';
import { planner } from './simd-task.js';

/** A thread's end of a team, which simd-team.ts asks: it searches its share of each image. */
export function teamMember(): (message: Opening | Work) => Promise<Answer> {
  let open: { searcher: Searcher; planFor: ReturnType<typeof planner> } | undefined;
  return async (message) => {
    if (message.type === 'open') {
      const searcher = new Searcher(await instantiateKernel(message.module), message.cascade);
      open = { searcher, planFor: planner(searcher.window, message.threads) };
      return { type: 'open' };
    }
    if (!open) throw new Error('a thread was asked before it was opened');
    const plan = open.planFor(message, message.search);
    const { hits, ...share } = open.searcher.search(sharedImage(message), plan, takeFrom(message));
    return { type: 'share', hits: packHits(hits), ...share };
  };
}
