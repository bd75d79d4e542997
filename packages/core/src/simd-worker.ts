// A thread of the engine simd: started by simd-thread.ts, asked by simd-team.ts.
import { nodeModule } from './node-module.js';
import { packHits } from './simd-group.js';
import { type Answer, type Opening, sharedImage, takeFrom, type Work } from './simd-message.js';
import { instantiateKernel } from './simd-module.js';
import { Searcher } from './simd-search.js';
import { planner } from './simd-task.js';

/** The other end of the thread: Node's port, or the worker itself. */
interface Port {
  onmessage: ((event: { data: Opening | Work }) => void) | null;
  postMessage(answer: Answer): void;
}

const port = (nodeModule('node:worker_threads')?.parentPort ?? globalThis) as unknown as Port;
let open: { searcher: Searcher; planFor: ReturnType<typeof planner> } | undefined;

async function answerTo(message: Opening | Work): Promise<Answer> {
  if (message.type === 'open') {
    const searcher = new Searcher(await instantiateKernel(message.module), message.cascade);
    open = { searcher, planFor: planner(searcher.window, message.threads) };
    return { type: 'open' };
  }
  if (!open) throw new Error('a thread was asked before it was opened');
  const plan = open.planFor(message, message.search);
  const { hits, ...share } = open.searcher.search(sharedImage(message), plan, takeFrom(message));
  return { type: 'share', hits: packHits(hits), ...share };
}

function failed(error: unknown): Answer {
  return { type: 'failed', reason: error instanceof Error ? error.message : String(error) };
}

port.onmessage = ({ data }) => {
  void answerTo(data)
    .catch(failed)
    .then((answer) => port.postMessage(answer));
};
