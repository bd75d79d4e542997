import type { Size } from './box.js';
import { coreError } from './error.js';
import { expectImage, type Image } from './image.js';
import type {
  CanvasLike,
  ImageDataLike,
  ImageElementLike,
  ImageSource,
  VideoElementLike,
  VideoFrameLike,
} from './image-source.js';

/** What a page calls it, such as `ImageBitmap`. By tag and not instanceof: those of another window are as good. */
export const tagOf = (value: unknown): string =>
  Object.prototype.toString.call(value).slice('[object '.length, -1);

/** What pages have that shows a picture. */
const pictures = [
  ...['VideoFrame', 'HTMLVideoElement', 'HTMLImageElement'],
  ...['HTMLCanvasElement', 'OffscreenCanvas', 'ImageBitmap'],
];

/** Whether it has to be drawn or copied to have its pixels. */
export const isPicture = (what: string): boolean => pictures.includes(what);

/** Why a picture has no pixels for us, as a coded error. */
export function unreadable(what: string, error: unknown): Error {
  if (error instanceof Error && error.name === 'SecurityError') {
    return coreError('FACEPIPE_E_IMAGE_FOREIGN', { what }, error);
  }
  const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
  return coreError('FACEPIPE_E_IMAGE_UNREADABLE', { what, reason }, error);
}

/** Of an `ImageData`, or of an image that is one already. @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_IMAGE_UNREADABLE */
export function imageOf(what: string, source: ImageSource): Image {
  if (what !== 'ImageData') return expectImage(source);
  const { data, width, height } = source as ImageDataLike;
  // those of half floats have another
  if (tagOf(data) !== 'Uint8ClampedArray') throw unreadable(what, 'its data is no Uint8ClampedArray');
  return expectImage({ data, width, height, format: 'rgba' });
}

/** How large it is and why it shows nothing, if it does not. */
function shownBy(what: string, source: ImageSource): Size & { lacks?: string } {
  switch (what) {
    case 'VideoFrame': {
      const { displayWidth: width, displayHeight: height } = source as VideoFrameLike;
      return { width, height };
    }
    case 'HTMLVideoElement': {
      const { readyState, videoWidth: width, videoHeight: height } = source as VideoElementLike;
      // HAVE_CURRENT_DATA
      return { width, height, ...(readyState < 2 && { lacks: `its readyState is ${readyState}` }) };
    }
    case 'HTMLImageElement': {
      const { complete, naturalWidth: width, naturalHeight: height } = source as ImageElementLike;
      return { width, height, ...(!complete && { lacks: 'it is still loading' }) };
    }
    default: {
      const { width, height } = source as CanvasLike;
      return { width, height };
    }
  }
}

/** How large a picture is. @throws FACEPIPE_E_IMAGE_CLOSED, FACEPIPE_E_IMAGE_NOT_READY */
export function sizeOf(what: string, source: ImageSource): Size {
  const { width, height, lacks } = shownBy(what, source);
  if (lacks) throw coreError('FACEPIPE_E_IMAGE_NOT_READY', { what, reason: lacks });
  if (width > 0 && height > 0) return { width, height };
  if (what === 'ImageBitmap' || what === 'VideoFrame') throw coreError('FACEPIPE_E_IMAGE_CLOSED', { what });
  throw coreError('FACEPIPE_E_IMAGE_NOT_READY', { what, reason: `it has ${width}x${height} pixels` });
}
