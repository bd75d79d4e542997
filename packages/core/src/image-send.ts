import type { Size } from './box.js';
import { coreError } from './error.js';
import type { Image } from './image.js';
import { imageReader } from './image-read.js';
import type { ImageBitmapLike, ImageSource, VideoElementLike, VideoFrameLike } from './image-source.js';
import { imageOf, isPicture, sizeOf, tagOf, unreadable } from './picture.js';
import { frameOf } from './video-frame.js';

/** What a page shows, to be sent to a thread that reads its pixels, which closes it. */
export type SentPicture = ImageBitmapLike | VideoFrameLike;

/** A picture that is on its way out of the page. */
export interface Leaving extends Size {
  what: string;
  picture: Promise<SentPicture>;
}

/** Gives pixels that the caller has, or a picture that another thread can read. */
export type ImageSender = (source: ImageSource) => Image | Promise<Image> | Leaving;

type CreateImageBitmap = (source: ImageSource) => Promise<ImageBitmapLike>;

/**
 * Takes images for another thread. Nothing is drawn here, and no pixels are read: pictures are snapshots that the
 * browser makes, and that are transferred. What they show is settled before the call returns.
 * The sender throws as readers do.
 */
export function imageSender(): ImageSender {
  const reader = imageReader();

  function take(what: string, source: ImageSource): Promise<SentPicture> | undefined {
    if (what === 'VideoFrame') return Promise.resolve((source as VideoFrameLike).clone());
    const frame = what === 'HTMLVideoElement' ? frameOf(source as VideoElementLike) : undefined;
    if (frame) return Promise.resolve(frame);
    const { createImageBitmap } = globalThis as { createImageBitmap?: CreateImageBitmap };
    return createImageBitmap?.(source).catch((error: unknown) => {
      throw unreadable(what, error);
    });
  }

  return (source) => {
    const what = tagOf(source);
    if (!isPicture(what)) return imageOf(what, source);
    const size = sizeOf(what, source);
    try {
      const picture = take(what, source);
      return picture ? { ...size, what, picture } : reader.read(source);
    } catch (error) {
      throw unreadable(what, error);
    }
  };
}

/** Whether a message could not be sent for what is in it: browsers keep pictures of other origins. */
export const isUnsent = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'DataCloneError';

/** A picture that could not be sent. */
export const unsent = (what: string, error: Error): Error =>
  coreError('FACEPIPE_E_IMAGE_FOREIGN', { what }, error);
