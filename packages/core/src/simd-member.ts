import { type Keeper, keeper } from './keeper.js';
import { bytesFor } from './simd-frame.js';
import { packHits } from './simd-group.js';
import { type Answer, type Opening, sharedImage, takeFrom, type Work } from './simd-message.js';
import { instantiateKernel } from './simd-module.js';
import { Searcher } from './simd-search.js';
import { planner } from './simd-task.js';

/** A thread's end of a team, which simd-team.ts asks: it searches its share of each image. */
export function teamMember(): (message: Opening | Work) => Promise<Answer> {
  let open: { searcher: Keeper<Searcher>; planFor: ReturnType<typeof planner> } | undefined;
  return async (message) => {
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
  };
}
