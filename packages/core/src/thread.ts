import { FacepipeError } from './error.js';
import type { Reply } from './thread-answer.js';
import type { ThreadProgram } from './thread-program.js';
import { type Sendable, type StartedThread, startThread } from './thread-start.js';

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(reason: Error): void;
}

/** A thread that is asked. Its answers come in the order of the questions; thread-answer.ts is its other end. */
export class Thread<Question, Answer> {
  readonly #thread: StartedThread;
  readonly #waiting: Waiting<Answer>[] = [];
  #gone: Error | undefined;

  /** @throws where there are no threads */
  constructor(program: ThreadProgram) {
    this.#thread = startThread(program, {
      message: (data) => this.#settle(data as Reply<Answer>),
      end: (reason) => {
        this.#gone ??= reason;
        for (const { reject } of this.#waiting.splice(0)) reject(this.#gone);
        this.#thread.hold(false);
      },
    });
  }

  /** True once it has ended. */
  get gone(): boolean {
    return this.#gone !== undefined;
  }

  /**
   * The process waits for the answer, and for nothing else.
   * @throws what the thread threw, a FacepipeError with its code; an Error with the reason when it has ended
   */
  ask(question: Question, transfer: readonly Sendable[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(this.#gone);
      this.#thread.send(question, transfer);
      this.#thread.hold(true);
      this.#waiting.push({ resolve, reject });
    });
  }

  terminate(): Promise<void> {
    return this.#thread.terminate();
  }

  #settle(reply: Reply<Answer>): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#thread.hold(false);
    if (reply.type === 'answer') waiting?.resolve(reply.answer);
    else if (reply.code) waiting?.reject(new FacepipeError(reply.code, reply.message));
    else waiting?.reject(new Error(reply.message));
  }
}
