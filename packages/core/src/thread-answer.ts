import { type CoreErrorCode, FacepipeError } from './error.js';
import { nodeModule } from './node-module.js';

/** What a thread sends for each question. */
export type Reply<Answer> =
  | { type: 'answer'; answer: Answer }
  | { type: 'failed'; message: string; code: CoreErrorCode | undefined };

/** The thread's end of the line: Node's port, or the worker itself. */
interface Port<Question, Answer> {
  onmessage: ((event: { data: Question }) => void) | null;
  postMessage(reply: Reply<Answer>): void;
}

function failed(error: unknown): Reply<never> {
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'failed', message, code: error instanceof FacepipeError ? error.code : undefined };
}

/**
 * Makes this worker one that is asked by `Thread`: one question after the other, so that answers are in their order.
 */
export function answerQuestions<Question, Answer>(answerTo: (question: Question) => Promise<Answer>): void {
  const end = nodeModule('node:worker_threads')?.parentPort ?? globalThis;
  const port = end as unknown as Port<Question, Answer>;
  const replyTo = async (question: Question): Promise<Reply<Answer>> => {
    try {
      return { type: 'answer', answer: await answerTo(question) };
    } catch (error) {
      return failed(error);
    }
  };
  let last: Promise<void> = Promise.resolve();
  port.onmessage = ({ data }) => {
    last = last.then(() => replyTo(data)).then((reply) => port.postMessage(reply));
  };
}
