import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { modelUrl, type Peer, search } from './peer.js';

interface Deletable {
  delete(): void;
}

interface Vector<T> extends Deletable {
  size(): number;
  get(index: number): T;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface CascadeClassifier extends Deletable {
  load(file: string): boolean;
  detectMultiScale2(
    image: Deletable,
    boxes: Deletable,
    counts: Deletable,
    scaleFactor: number,
    minNeighbors: number,
    flags: number,
    minSize: object,
    maxSize: object,
  ): void;
}

/** The part of OpenCV's own build for JavaScript that is measured. */
export interface OpenCvJs {
  readonly CV_8UC1: number;
  readonly Mat: new (
    rows: number,
    columns: number,
    type: number,
  ) => Deletable & { readonly data: Uint8Array };
  readonly RectVector: new () => Vector<Box>;
  readonly IntVector: new () => Vector<number>;
  readonly Size: new (width: number, height: number) => object;
  readonly CascadeClassifier: new () => CascadeClassifier;
  FS_createDataFile(
    folder: string,
    name: string,
    data: Uint8Array,
    read: boolean,
    write: boolean,
    own: boolean,
  ): void;
}

/** opencv-wasm, which the command line depends on. Wrapped, for it has a `then` that never ends. */
export function loadOpenCvWasm(): { cv: OpenCvJs } {
  const require = createRequire(import.meta.resolve('facepipe'));
  return { cv: require('opencv-wasm').cv };
}

/** @techstark/opencv-js, ready to use. Wrapped for the same reason. */
export async function loadOpenCvJs(): Promise<{ cv: OpenCvJs }> {
  const cv = createRequire(import.meta.url)('@techstark/opencv-js');
  await new Promise<void>((resolve) => {
    cv.onRuntimeInitialized = resolve;
  });
  return { cv };
}

/** A classifier as OpenCV's tutorials make it: the file goes into the library's own file system first. */
export function openClassifier({ cv }: { cv: OpenCvJs }, cascade: string): CascadeClassifier {
  const classifier = new cv.CascadeClassifier();
  cv.FS_createDataFile('/', `${cascade}.xml`, readFileSync(modelUrl(cascade)), true, false, false);
  if (!classifier.load(`${cascade}.xml`)) throw new Error(`OpenCV cannot load ${cascade}`);
  return classifier;
}

/** The faces as x, y, width, height, neighbors. Copying the pixels in is part of it. */
export function detectWith(
  { cv }: { cv: OpenCvJs },
  classifier: CascadeClassifier,
  { data, width, height }: { data: Uint8Array | Uint8ClampedArray; width: number; height: number },
): number[][] {
  const pixels = new cv.Mat(height, width, cv.CV_8UC1);
  pixels.data.set(data);
  const [boxes, counts] = [new cv.RectVector(), new cv.IntVector()];
  const [least, most] = [new cv.Size(search.minSize, search.minSize), new cv.Size(0, 0)];
  classifier.detectMultiScale2(
    pixels,
    boxes,
    counts,
    search.scaleFactor,
    search.minNeighbors,
    0,
    least,
    most,
  );
  const faces = Array.from({ length: boxes.size() }, (_, index) => {
    const box = boxes.get(index);
    return [box.x, box.y, box.width, box.height, counts.get(index)];
  });
  for (const object of [pixels, boxes, counts]) object.delete();
  return faces;
}

export function openCvPeer(name: string, library: { cv: OpenCvJs }): Peer {
  const opened = new Map<string, CascadeClassifier>();
  return {
    name,
    async detect(cascade, picture) {
      const classifier = opened.get(cascade) ?? openClassifier(library, cascade);
      opened.set(cascade, classifier);
      const start = performance.now();
      const faces = detectWith(library, classifier, picture);
      return { ms: performance.now() - start, faces };
    },
    async close() {
      for (const classifier of opened.values()) classifier.delete();
    },
  };
}
