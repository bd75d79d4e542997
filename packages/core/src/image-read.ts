import { coreError } from './error.js';
import { expectImage, type Image, type PixelFormat } from './image.js';
import type {
  CanvasLike,
  ImageDataLike,
  ImageElementLike,
  ImageSource,
  VideoElementLike,
  VideoFrameLike,
} from './image-source.js';
import type { Size } from './option.js';
import type { YuvColours, YuvMatrix } from './yuv.js';

/** The part of a canvas and its context in use. */
interface Canvas extends Size {
  getContext(type: '2d', options: { willReadFrequently: boolean }): Context | null;
}
interface Context {
  clearRect(x: number, y: number, width: number, height: number): void;
  drawImage(source: ImageSource, x: number, y: number, width: number, height: number): void;
  getImageData(x: number, y: number, width: number, height: number): ImageDataLike;
}

/** The formats of frames whose planes are those of an image. */
const planes: Readonly<Record<string, PixelFormat>> = {
  ...{ I420: 'i420', NV12: 'nv12', RGBA: 'rgba', RGBX: 'rgba', BGRA: 'bgra', BGRX: 'bgra' },
};

const matrices: Readonly<Record<string, YuvMatrix>> = { bt709: 'bt709', 'bt2020-ncl': 'bt2020' };

function closed(what: string): Error {
  return coreError('FACEPIPE_E_IMAGE_CLOSED', { what });
}

function notReady(what: string, reason: string): Error {
  return coreError('FACEPIPE_E_IMAGE_NOT_READY', { what, reason });
}

function unreadable(what: string, error: unknown): Error {
  if (error instanceof Error && error.name === 'SecurityError') {
    return coreError('FACEPIPE_E_IMAGE_FOREIGN', { what }, error);
  }
  const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
  return coreError('FACEPIPE_E_IMAGE_UNREADABLE', { what, reason }, error);
}

const empty = ({ width, height }: Size): string => `it has ${width}x${height} pixels`;

function imageOf({ data, width, height }: ImageDataLike): Image {
  // those of half floats have another
  if (!(data instanceof Uint8ClampedArray)) throw unreadable('ImageData', 'its data is no Uint8ClampedArray');
  return expectImage({ data, width, height, format: 'rgba' });
}

/** How large the picture is. @throws FACEPIPE_E_IMAGE_CLOSED, FACEPIPE_E_IMAGE_NOT_READY */
function sizeOf(what: string, source: ImageSource): Size {
  let size: Size;
  if (what === 'HTMLVideoElement') {
    const { readyState, videoWidth: width, videoHeight: height } = source as VideoElementLike;
    // HAVE_CURRENT_DATA
    if (readyState < 2) throw notReady(what, `its readyState is ${readyState}`);
    size = { width, height };
  } else if (what === 'HTMLImageElement') {
    const { complete, naturalWidth: width, naturalHeight: height } = source as ImageElementLike;
    if (!complete) throw notReady(what, 'it is still loading');
    size = { width, height };
  } else {
    const { width, height } = source as CanvasLike;
    size = { width, height };
  }
  if (size.width > 0 && size.height > 0) return size;
  throw what === 'ImageBitmap' ? closed(what) : notReady(what, empty(size));
}

/** Whether the frame's own planes are the picture as it is shown. */
function formatOf(frame: VideoFrameLike): PixelFormat | undefined {
  const { format, displayWidth, displayHeight, visibleRect, rotation, flip } = frame;
  const isOdd = displayWidth % 2 !== 0 || displayHeight % 2 !== 0;
  const known = planes[format ?? ''];
  if (rotation || flip || (isOdd && (known === 'i420' || known === 'nv12'))) return undefined;
  return visibleRect?.width === displayWidth && visibleRect.height === displayHeight ? known : undefined;
}

/** How the frame says that its colours are to be read: `smpte170m` and `bt470bg` are BT.601. */
function coloursOf({ colorSpace }: VideoFrameLike, format: PixelFormat): YuvColours {
  if (format !== 'i420' && format !== 'nv12') return {};
  const matrix = matrices[colorSpace?.matrix ?? ''];
  return { ...(matrix && { matrix }), range: colorSpace?.fullRange ? 'full' : 'limited' };
}

/** Its planes. The frame may be closed as soon as this has returned. */
async function copyFrame(what: string, frame: VideoFrameLike, format: PixelFormat): Promise<Image> {
  const { displayWidth: width, displayHeight: height } = frame;
  const own = frame.clone();
  try {
    const data = new Uint8Array(own.allocationSize());
    await own.copyTo(data);
    return expectImage({ data, width, height, format, ...coloursOf(frame, format) });
  } catch (error) {
    throw unreadable(what, error);
  } finally {
    own.close();
  }
}

/** Gives an image of whatever has pixels, at once if it can be. */
export type ImageReader = (source: ImageSource) => Image | Promise<Image>;

/**
 * Reads images. What pages have is drawn into a canvas, which is kept for the next one; frames' planes are copied where
 * they are those of an image. All pixels are read before the call returns, or are held until they are.
 * The reader throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_IMAGE_NOT_READY, FACEPIPE_E_IMAGE_CLOSED, FACEPIPE_E_IMAGE_FOREIGN
 * and FACEPIPE_E_IMAGE_UNREADABLE.
 */
export function imageReader(): ImageReader {
  let kept: { canvas: Canvas; context: Context } | undefined;

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
      return imageOf(pixels);
    } catch (error) {
      throw unreadable(what, error);
    }
  }

  return (source) => {
    // by tag and not instanceof: those of another frame or window are as good
    const what = Object.prototype.toString.call(source).slice('[object '.length, -1);
    switch (what) {
      case 'ImageData':
        return imageOf(source as ImageDataLike);
      case 'VideoFrame': {
        const frame = source as VideoFrameLike;
        const { displayWidth: width, displayHeight: height } = frame;
        if (width === 0 || height === 0) throw closed(what);
        const format = formatOf(frame);
        return format ? copyFrame(what, frame, format) : draw(what, frame, { width, height });
      }
      case 'ImageBitmap':
      case 'HTMLVideoElement':
      case 'HTMLImageElement':
      case 'HTMLCanvasElement':
      case 'OffscreenCanvas':
        return draw(what, source, sizeOf(what, source));
      default:
        return expectImage(source);
    }
  };
}
