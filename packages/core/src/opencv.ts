import type { Cascade } from './cascade.js';
import { readCascade } from './cascade-read.js';
import { unpackCascade } from './cascade-unpack.js';
import { writeCascade } from './cascade-xml.js';
import type { Classifier, Engine } from './engine.js';
import { coreError, engineFailed } from './error.js';
import type { Face } from './face.js';
import type { GrayImage } from './image.js';
import {
  type CascadeClassifier,
  type Deletable,
  type OpenCv,
  type OpenCvHost,
  type OpenCvModule,
  openOpenCvHost,
  reasonOf,
} from './opencv-module.js';
import type { Search } from './option.js';

/** Runs `work` and deletes everything it made in OpenCV's memory, also when it throws. */
function withObjects<T>(work: (keep: <D extends Deletable>(object: D) => D) => T): T {
  const kept: Deletable[] = [];
  try {
    return work((object) => {
      kept.push(object);
      return object;
    });
  } finally {
    for (const object of kept) object.delete();
  }
}

/** The cascade as XML, read back: OpenCV trusts what it reads. @throws FACEPIPE_E_CASCADE_INVALID */
function xmlOf({ name, bytes }: Cascade): Uint8Array {
  try {
    const xml = writeCascade(unpackCascade(bytes));
    readCascade(xml);
    return new TextEncoder().encode(xml);
  } catch (error) {
    const problem = 'its compact form is damaged';
    throw coreError('FACEPIPE_E_CASCADE_INVALID', { source: name, problem }, error);
  }
}

let files = 0;

function loadClassifier(cv: OpenCv, cascade: Cascade): CascadeClassifier {
  const xml = xmlOf(cascade);
  const file = `facepipe-${++files}.xml`;
  const classifier = new cv.CascadeClassifier();
  cv.FS_createDataFile('/', file, xml, true, false, false);
  try {
    if (classifier.load(file)) return classifier;
    throw new Error('OpenCV does not accept it');
  } catch (error) {
    classifier.delete();
    throw coreError(
      'FACEPIPE_E_CASCADE_INVALID',
      { source: cascade.name, problem: reasonOf(cv, error) },
      error,
    );
  } finally {
    cv.FS_unlink(`/${file}`);
  }
}

/**
 * OpenCV gives neighbours or scores, not both: scores cost a second run, which finds the same faces in the same order.
 */
function detect(cv: OpenCv, classifier: CascadeClassifier, image: GrayImage, search: Search): Face[] {
  return withObjects((keep) => {
    const pixels = keep(new cv.Mat(image.height, image.width, cv.CV_8UC1));
    pixels.data.set(image.data);
    const boxes = keep(new cv.RectVector());
    const counts = keep(new cv.IntVector());
    const scores = keep(new cv.DoubleVector());
    const { scaleFactor, minNeighbors, minSize, maxSize } = search;
    const least = new cv.Size(minSize.width, minSize.height);
    const most = new cv.Size(maxSize.width, maxSize.height);
    if (search.scores) {
      const again = keep(new cv.RectVector());
      const levels = keep(new cv.IntVector());
      const how = [scaleFactor, minNeighbors, 0, least, most, true] as const;
      classifier.detectMultiScale3(pixels, again, levels, scores, ...how);
    }
    classifier.detectMultiScale2(pixels, boxes, counts, scaleFactor, minNeighbors, 0, least, most);
    return Array.from({ length: boxes.size() }, (_, index) => {
      const { x, y, width, height } = boxes.get(index);
      const face = { x, y, width, height, neighbors: counts.get(index) };
      return search.scores ? { ...face, score: scores.get(index) } : face;
    });
  });
}

function openClassifier(host: OpenCvHost, engine: string, cascade: Cascade): Classifier {
  let held: { module: OpenCvModule; classifier: CascadeClassifier } | undefined;

  function hold(): { module: OpenCvModule; classifier: CascadeClassifier } {
    if (held && !held.module.broken) return held;
    const module = host();
    held = { module, classifier: loadClassifier(module.cv, cascade) };
    return held;
  }

  function release(): void {
    if (held && !held.module.broken) held.classifier.delete();
    held = undefined;
  }

  /** After a failure nothing of the instance is used again: buffers are half made and its memory is in pieces. */
  function attempt(image: GrayImage, search: Search): { faces: Face[] } | { reason: string; error: unknown } {
    const { module, classifier } = hold();
    try {
      return { faces: detect(module.cv, classifier, image, search) };
    } catch (error) {
      const reason = reasonOf(module.cv, error);
      // a number is a C++ exception, thrown in order; after a trap even deleting may fail
      if (typeof error === 'number') classifier.delete();
      module.broken = true;
      held = undefined;
      return { reason, error };
    }
  }

  hold();
  return {
    threads: 1,
    async detect(image, search) {
      // the second time in an empty memory, for buffers only grow and mixed shapes add up
      let result = attempt(image, search);
      if ('error' in result) result = attempt(image, search);
      if ('faces' in result) return result.faces;
      throw engineFailed(engine, image, result.error, result.reason);
    },
    async close() {
      release();
    },
  };
}

/** OpenCV 4.3 compiled to WebAssembly (the package opencv-wasm): one thread, no SIMD. */
export async function openOpenCv(): Promise<Engine> {
  const host = await openOpenCvHost();
  const version = /OpenCV (\d+\.\d+\.\d+)/.exec(host().cv.getBuildInformation())?.[1] ?? 'of unknown version';
  const name = `opencv ${version}`;
  return { name, open: async (cascade) => openClassifier(host, name, cascade) };
}
