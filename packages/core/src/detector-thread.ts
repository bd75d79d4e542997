import { expectGoing } from './abort.js';
import type { Backend } from './backend.js';
import { blazeSearchOf } from './blaze-option.js';
import { expectBox } from './box.js';
import type { DetectorAnswer, DetectorOpening, DetectorQuestion } from './detector-message.js';
import type { Finder } from './engine.js';
import { coreError, engineFailed, FacepipeError } from './error.js';
import type { Face } from './face.js';
import { findFaces } from './find-faces.js';
import type { Image } from './image.js';
import { imageCopier } from './image-copy.js';
import { imageSender, isUnsent, type Leaving, unsent } from './image-send.js';
import { type DetectOptions, type Size, searchOf } from './option.js';
import type { Signal } from './platform.js';
import { Thread } from './thread.js';
import type { ThreadProgram } from './thread-program.js';
import type { Sendable } from './thread-start.js';

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

interface Asked {
  question: DetectorQuestion;
  /** of the image, for messages */
  size: Size;
  transfer: readonly Sendable[];
  signal: Signal | undefined;
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
function sentOptions(opening: DetectorOpening, options: DetectOptions, image: Size): DetectOptions {
  const isBlaze = opening.engine === 'blaze';
  const { maxSize, ...search } = isBlaze
    ? blazeSearchOf(options, image, opening.model)
    : searchOf(options, image);
  // without one the image is the bound, and minSize may be larger
  return options.maxSize === undefined ? search : { ...search, maxSize };
}

/** The same for a picture, of which a part is cut out there. */
function sentWholeOptions(opening: DetectorOpening, options: DetectOptions, image: Size): DetectOptions {
  const { roi, maxFaces, scores = false } = options;
  const box = roi === undefined ? undefined : expectBox(roi, image, 'roi');
  const search = { ...sentOptions(opening, options, box ?? image), scores };
  return { ...search, ...(box && { roi: box }), ...(maxFaces !== undefined && { maxFaces }) };
}

/**
 * What finds faces in a thread of its own. One that ends fails the call that it was at, and the next starts another.
 * @throws FACEPIPE_E_WORKER_UNAVAILABLE where no thread can be started, and what the engine throws
 */
export async function openDetectorThread(
  opening: DetectorOpening,
  warn: (warning: FacepipeError) => void,
): Promise<Backend> {
  const copy = imageCopier();
  const send = imageSender();
  let { thread, answer: last } = await openThread(opening);
  tell(last);
  let turn: Promise<unknown> = Promise.resolve();

  function tell({ warning }: DetectorAnswer): void {
    if (warning) warn(new FacepipeError(warning.code, warning.message));
  }

  async function askNow({ question, size, transfer, signal }: Asked): Promise<Face[]> {
    expectGoing(signal);
    if (thread.gone) {
      const opened = await openThread(opening);
      thread = opened.thread;
      last = opened.answer;
      tell(last);
    }
    try {
      last = await thread.ask(question, transfer);
      tell(last);
      return last.faces;
    } catch (error) {
      if (error instanceof FacepipeError || isUnsent(error)) throw error;
      throw engineFailed(last.engine, size, error, reasonOf(error));
    }
  }

  /** One after the other, as the thread works: what is given up before its turn costs nothing there. */
  function ask(asked: Asked): Promise<Face[]> {
    const answer = turn.then(() => askNow(asked));
    turn = answer.catch(() => {});
    return answer;
  }

  async function askImage(image: Image, options: DetectOptions, signal?: Signal): Promise<Face[]> {
    const { image: sent, transfer, release } = copy(image);
    try {
      return await ask({ question: { type: 'detect', image: sent, options }, size: image, transfer, signal });
    } finally {
      release();
    }
  }

  async function askPicture({ what, picture, ...size }: Leaving, options: DetectOptions): Promise<Face[]> {
    const image = await picture;
    try {
      const question = { type: 'detect', image, options: sentWholeOptions(opening, options, size) } as const;
      return await ask({ question, size, transfer: [image], signal: options.signal });
    } catch (error) {
      throw isUnsent(error) ? unsent(what, error) : error;
    } finally {
      // what has gone over is empty here; what has not would stay until the garbage is collected
      image.close();
    }
  }

  const { cascade, window } = last;
  const finder: Finder = {
    get engine() {
      return last.engine;
    },
    cascade,
    get threads() {
      return last.threads;
    },
    window,
    async detect(image, options) {
      return askImage(image, sentOptions(opening, options, image), options.signal);
    },
    close: () => thread.terminate(),
  };
  return {
    ...{ cascade, window, close: finder.close },
    get engine() {
      return finder.engine;
    },
    get threads() {
      return finder.threads;
    },
    async detect(source, options, signal) {
      const sent = send(source);
      if ('picture' in sent) return askPicture(sent, options);
      if (!(sent instanceof Promise)) return findFaces(finder, sent, options);
      const image = await sent;
      expectGoing(signal);
      return findFaces(finder, image, options);
    },
  };
}
