import type { Size } from './box.js';
import type { Image } from './image.js';
import type { ImageDataLike, ImageSource, VideoElementLike, VideoFrameLike } from './image-source.js';
import { imageOf, isPicture, sizeOf, tagOf, unreadable } from './picture.js';
import { formatOf, frameOf, takePlanes } from './video-frame.js';

/** The part of a canvas and its context in use. */
interface Canvas extends Size {
  getContext(type: '2d', options: { willReadFrequently: boolean }): Context | null;
}
interface Context {
  clearRect(x: number, y: number, width: number, height: number): void;
  drawImage(source: ImageSource, x: number, y: number, width: number, height: number): void;
  getImageData(x: number, y: number, width: number, height: number): ImageDataLike;
}

function open({ width, height }: Size): { canvas: Canvas; context: Context } {
  const { OffscreenCanvas } = globalThis as {
    OffscreenCanvas?: new (width: number, height: number) => Canvas;
  };
  if (!OffscreenCanvas) throw new Error('this runtime has no OffscreenCanvas');
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('there is no memory for a canvas');
  return { canvas, context };
}

export interface ImageReader {
  /** Gives an image of whatever has pixels, at once if it can be. */
  read(source: ImageSource): Image | Promise<Image>;
  /** Frees the canvas; the next picture has another. */
  close(): void;
}

/**
 * Reads images. What pages have is drawn into a canvas, which is kept for the next one; planes of frames and of videos
 * are copied where they are those of an image. All pixels are read before the call returns, or are held until they are.
 * The reader throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_IMAGE_NOT_READY, FACEPIPE_E_IMAGE_CLOSED, FACEPIPE_E_IMAGE_FOREIGN
 * and FACEPIPE_E_IMAGE_UNREADABLE.
 */
export function imageReader(): ImageReader {
  let kept: { canvas: Canvas; context: Context } | undefined;

  function draw(what: string, source: ImageSource, { width, height }: Size): Image {
    try {
      const { canvas, context } = kept ?? open({ width, height });
      // one that has thrown may be marked as another origin's for good
      kept = undefined;
      if (canvas.width === width && canvas.height === height) context.clearRect(0, 0, width, height);
      else Object.assign(canvas, { width, height });
      context.drawImage(source, 0, 0, width, height);
      const pixels = context.getImageData(0, 0, width, height);
      kept = { canvas, context };
      return imageOf('ImageData', pixels);
    } catch (error) {
      throw unreadable(what, error);
    }
  }

  function readFrame(frame: VideoFrameLike, size: Size): Image | Promise<Image> {
    const format = formatOf(frame);
    return format ? takePlanes('VideoFrame', frame.clone(), format) : draw('VideoFrame', frame, size);
  }

  function readVideo(video: VideoElementLike, size: Size): Image | Promise<Image> {
    const frame = frameOf(video);
    const format = frame && formatOf(frame);
    if (format) return takePlanes('HTMLVideoElement', frame, format);
    frame?.close();
    return draw('HTMLVideoElement', video, size);
  }

  function read(source: ImageSource): Image | Promise<Image> {
    const what = tagOf(source);
    if (!isPicture(what)) return imageOf(what, source);
    const size = sizeOf(what, source);
    if (what === 'VideoFrame') return readFrame(source as VideoFrameLike, size);
    if (what === 'HTMLVideoElement') return readVideo(source as VideoElementLike, size);
    return draw(what, source, size);
  }

  return {
    read,
    close() {
      // its pixels would stay until the garbage is collected
      if (kept) Object.assign(kept.canvas, { width: 0, height: 0 });
      kept = undefined;
    },
  };
}
