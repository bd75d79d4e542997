import { expectGoing } from './abort.js';
import type { Finder } from './engine.js';
import type { Face } from './face.js';
import { findFaces } from './find-faces.js';
import type { Image } from './image.js';
import { imageReader } from './image-read.js';
import type { ImageSource } from './image-source.js';
import type { DetectOptions } from './option.js';
import type { Signal } from './platform.js';

/** What a detector asks, in this thread or in another: whatever has pixels in, faces in their order out. */
export interface Backend extends Pick<Finder, 'engine' | 'cascade' | 'threads' | 'window' | 'close'> {
  /** All pixels are read, or held, before the call returns. */
  detect(source: ImageSource, options: DetectOptions, signal?: Signal): Promise<Face[]>;
}

/** Reads and searches in this thread. */
export function backendOf(finder: Finder): Backend {
  const reader = imageReader();
  return {
    get engine() {
      return finder.engine;
    },
    cascade: finder.cascade,
    get threads() {
      return finder.threads;
    },
    window: finder.window,
    async detect(source, options, signal) {
      const image = reader.read(source);
      const search = async (pixels: Image) => {
        expectGoing(signal);
        return findFaces(finder, pixels, options);
      };
      // what can be searched at once is, so that its memory may be used again when this returns
      return image instanceof Promise ? image.then(search) : search(image);
    },
    async close() {
      reader.close();
      await finder.close();
    },
  };
}
