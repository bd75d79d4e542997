import { nodeModule } from './node-module.js';

export interface ThreadEvents {
  /** the thread has sent something */
  message(data: unknown): void;
  /** it has ended or could not start, with the reason; more than once, perhaps */
  end(reason: Error): void;
}

/** A thread that runs simd-worker.ts, in any runtime. */
export interface Thread {
  send(message: unknown): void;
  /** whether the process waits for it */
  hold(on: boolean): void;
  terminate(): void;
}

const name = 'facepipe';

/** In Node, Deno and Bun. */
function nodeThread(
  { Worker }: typeof import('node:worker_threads'),
  { message, end }: ThreadEvents,
): Thread {
  // told by a variable, or bundlers for the web would take along the file as it is
  const here = import.meta.url;
  // this program's flags are not for the thread: with --input-type, say, it would not start
  const worker = new Worker(new URL('./simd-worker.js', here), { name, execArgv: [] });
  worker.on('message', message);
  worker.on('messageerror', end);
  worker.on('error', end);
  worker.on('exit', () => end(new Error('a thread has ended')));
  return {
    send: (data) => worker.postMessage(data),
    hold: (on) => (on ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  };
}

/** In browsers, which do not tell when a worker ends: nothing there ends one but `terminate`. */
function webThread({ message, end }: ThreadEvents): Thread {
  const worker = new Worker(new URL('./simd-worker.js', import.meta.url), { type: 'module', name });
  worker.onmessage = ({ data }) => message(data);
  worker.onmessageerror = () => end(new Error('a message could not be read'));
  worker.onerror = (event) => {
    event.preventDefault?.();
    end(new Error(event.message || 'a worker did not start'));
  };
  return {
    send: (data) => worker.postMessage(data),
    hold: () => {},
    terminate: () => worker.terminate(),
  };
}

/** @throws where there are no workers, or they are not allowed */
export function startThread(events: ThreadEvents): Thread {
  const threads = nodeModule('node:worker_threads');
  return threads ? nodeThread(threads, events) : webThread(events);
}
