import type { Image } from './image.js';

/** A copy of an image for another thread, which has it once it is sent. */
export interface ImageCopy {
  image: Image;
  /** what is to be transferred with the message: the pixels, where memory cannot be shared */
  transfer: ArrayBuffer[];
  /** The other thread needs it no more. */
  release(): void;
}

/**
 * Copies images for another thread. A clone of each would be garbage there, tens of megabytes of it: where memory can
 * be shared, the last copy's is used again. Elsewhere, as in a page that is not cross-origin isolated, it is
 * transferred.
 */
export function imageCopier(): (image: Image) => ImageCopy {
  let spare: SharedArrayBuffer | undefined;
  return ({ data, ...rest }) => {
    if (typeof SharedArrayBuffer === 'undefined') {
      const own = new Uint8Array(data);
      return { image: { ...rest, data: own }, transfer: [own.buffer], release: () => {} };
    }
    const memory = spare?.byteLength === data.byteLength ? spare : new SharedArrayBuffer(data.byteLength);
    spare = undefined;
    const shared = new Uint8Array(memory);
    shared.set(data);
    const release = () => {
      spare = memory;
    };
    return { image: { ...rest, data: shared }, transfer: [], release };
  };
}
