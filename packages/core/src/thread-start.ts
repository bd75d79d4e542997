import type { SentPicture } from './image-send.js';
import { nodeModule } from './node-module.js';
import { startAnywhere } from './thread-foreign.js';
import { programFor } from './thread-own.js';
import type { ThreadProgram } from './thread-program.js';

export interface ThreadEvents {
  /** the thread has sent something */
  message(data: unknown): void;
  /** it has ended or could not start, with the reason; more than once, perhaps */
  end(reason: Error): void;
}

/** What changes hands with a message: memory, or a picture of a page. */
export type Sendable = ArrayBuffer | SentPicture;

/** A thread that has been started, in any runtime. */
export interface StartedThread {
  send(message: unknown, transfer: readonly Sendable[]): void;
  /** whether the process waits for it */
  hold(on: boolean): void;
  /** Resolves when it has ended, where the runtime tells. */
  terminate(): Promise<void>;
}

/** In Node, Deno and Bun. */
function nodeThread(
  { Worker }: typeof import('node:worker_threads'),
  { file }: ThreadProgram,
  { message, end }: ThreadEvents,
): StartedThread {
  // told by a variable, or bundlers for the web would take along the file as it is
  const here = import.meta.url;
  // this program's flags are not for the thread: with --input-type, say, it would not start
  const worker = new Worker(new URL(file, here), { name: 'facepipe', execArgv: [] });
  worker.on('message', message);
  worker.on('messageerror', end);
  worker.on('error', end);
  worker.on('exit', () => end(new Error('a thread has ended')));
  return {
    // there are no pictures here
    send: (data, transfer) => worker.postMessage(data, transfer as readonly ArrayBuffer[]),
    hold: (on) => (on ? worker.ref() : worker.unref()),
    async terminate() {
      await worker.terminate();
    },
  };
}

/** In browsers, which do not tell when a worker ends: nothing there ends one but `terminate`. */
function webThread({ startWeb }: ThreadProgram, { message, end }: ThreadEvents): StartedThread {
  const worker = startAnywhere(startWeb);
  worker.onmessage = ({ data }) => message(data);
  worker.onmessageerror = () => end(new Error('a message could not be read'));
  worker.onerror = (event) => {
    event.preventDefault?.();
    end(new Error(event.message || 'a worker did not start'));
  };
  return {
    send: (data, transfer) => worker.postMessage(data, transfer),
    hold: () => {},
    async terminate() {
      worker.terminate();
    },
  };
}

/** @throws where there are no workers, or they are not allowed */
export function startThread(program: ThreadProgram, events: ThreadEvents): StartedThread {
  const threads = nodeModule('node:worker_threads');
  const own = programFor(program);
  return threads ? nodeThread(threads, own, events) : webThread(own, events);
}
