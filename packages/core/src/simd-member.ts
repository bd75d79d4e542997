import { type Keeper, keeper } from './keeper.js';
import { bytesFor } from './simd-frame.js';
import { packHits } from './simd-group.js';
import { type Answer, type Opening, sharedImage, takeFrom, type Work } from './simd-message.js';
import { instantiateKernel } from './simd-module.js';
import { Searcher } from './simd-search.js';
import { planner } from './simd-task.js';
import { Trial } from './simd-trial.js';

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
    const searcher = open.searcher.for(bytesFor(message));
    // where it cannot be used, tables are
    if (message.code) await searcher.adopt(message.code, new Trial()).catch(() => {});
    const [image, take] = [sharedImage(message), takeFrom(message)];
    const { hits, ...share } = searcher.search(image, plan, message.search.scores, take);
    return { type: 'share', hits: packHits(hits), ...share };
  };
}
