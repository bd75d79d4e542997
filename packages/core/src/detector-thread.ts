import { blazeSearchOf } from './blaze-option.js';
import { windowOf } from './cascade-compact.js';
import type { DetectorAnswer, DetectorOpening, DetectorQuestion } from './detector-message.js';
import type { Finder } from './engine.js';
import { coreError, engineFailed, FacepipeError } from './error.js';
import type { Face } from './face.js';
import type { Image } from './image.js';
import { imageCopier } from './image-copy.js';
import { type DetectOptions, searchOf } from './option.js';
import { Thread } from './thread.js';
import type { ThreadProgram } from './thread-program.js';

const program: ThreadProgram = {
  file: './detector-worker.js',
  startWeb: () =>
    new Worker(new URL('./detector-worker.js', import.meta.url), {
      type: 'module',
      name: 'facepipe-detector',
    }),
};

type DetectorThread = Thread<DetectorOpening | DetectorQuestion, DetectorAnswer>;

/** The first line, without its full stop: it is put into a sentence. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? '').replace(/\.$/, '');
}

function unavailable(error: unknown): Error {
  if (error instanceof FacepipeError) return error;
  return coreError('FACEPIPE_E_WORKER_UNAVAILABLE', { reason: reasonOf(error) }, error);
}

interface Opened {
  thread: DetectorThread;
  answer: DetectorAnswer;
}

/** @throws FACEPIPE_E_WORKER_UNAVAILABLE, and what the engine throws */
async function openThread(opening: DetectorOpening): Promise<Opened> {
  let thread: DetectorThread | undefined;
  try {
    thread = new Thread(program);
    return { thread, answer: await thread.ask(opening) };
  } catch (error) {
    void thread?.terminate();
    throw unavailable(error);
  }
}

/** With everything that can be sent, and nothing else: getters and other members of the caller's objects stay here. */
function sentOptions(opening: DetectorOpening, options: DetectOptions, image: Image): DetectOptions {
  const isBlaze = opening.engine === 'blaze';
  const { maxSize, ...search } = isBlaze
    ? blazeSearchOf(options, image, opening.model)
    : searchOf(options, image);
  // without one the image is the bound, and minSize may be larger
  return options.maxSize === undefined ? search : { ...search, maxSize };
}

/**
 * What finds faces in a thread of its own. One that ends fails the calls under way, and the next call starts another.
 * @throws FACEPIPE_E_WORKER_UNAVAILABLE where no thread can be started, and what the engine throws
 */
export async function openDetectorThread(opening: DetectorOpening): Promise<Finder> {
  const copy = imageCopier();
  let { thread, answer: last } = await openThread(opening);
  let reopening: Promise<void> | undefined;

  async function reopen(): Promise<void> {
    const opened = await openThread(opening);
    thread = opened.thread;
    last = opened.answer;
  }

  async function ask(image: Image, options: DetectOptions): Promise<Face[]> {
    const { image: sent, transfer, release } = copy(image);
    if (thread.gone) {
      reopening ??= reopen().finally(() => {
        reopening = undefined;
      });
      await reopening;
    }
    try {
      last = await thread.ask({ type: 'detect', image: sent, options }, transfer);
      return last.faces;
    } catch (error) {
      if (error instanceof FacepipeError) throw error;
      throw engineFailed(last.engine, image, error, reasonOf(error));
    } finally {
      release();
    }
  }

  return {
    get engine() {
      return last.engine;
    },
    cascade: last.cascade,
    get threads() {
      return last.threads;
    },
    window: opening.engine === 'blaze' ? undefined : windowOf(opening.cascade.bytes),
    async detect(image, options) {
      return ask(image, sentOptions(opening, options, image));
    },
    close: () => thread.terminate(),
  };
}
