import { decodeFrame, type FrameHead } from '../../src/protocol.js';

export interface Frame {
  head: FrameHead;
  bitmap: ImageBitmap;
}

/** The latest frame of the camera; one bitmap at a time. */
export interface Frames {
  last(): Frame | undefined;
  /** A binary message. Resolves when it is drawn or is no picture: then the next one can come. */
  take(message: ArrayBuffer): Promise<number | undefined>;
  /** The answer ends it. */
  subscribe(listener: (frame: Frame) => void): () => void;
}

export function createFrames(): Frames {
  let last: Frame | undefined;
  const listeners = new Set<(frame: Frame) => void>();

  const draw = (frame: Frame): Promise<void> =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        last?.bitmap.close();
        last = frame;
        for (const listener of listeners) listener(frame);
        resolve();
      });
    });

  return {
    last: () => last,
    async take(message) {
      const frame = decodeFrame(new Uint8Array(message));
      if (!frame) return undefined;
      const { head, jpeg } = frame;
      try {
        const bitmap = await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' }));
        await draw({ head, bitmap });
      } catch {
        // A damaged picture is left out; the next one comes
      }
      return head.number;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
