import { expectImage, type Image, type PixelFormat } from './image.js';
import type { VideoElementLike, VideoFrameLike } from './image-source.js';
import { unreadable } from './picture.js';
import type { YuvColours, YuvMatrix } from './yuv.js';

/** The formats of frames whose planes are those of an image. */
const planes: Readonly<Record<string, PixelFormat>> = {
  ...{ I420: 'i420', NV12: 'nv12', RGBA: 'rgba', RGBX: 'rgba', BGRA: 'bgra', BGRX: 'bgra' },
};

const matrices: Readonly<Record<string, YuvMatrix>> = { bt709: 'bt709', 'bt2020-ncl': 'bt2020' };

/** In what format the frame's own planes are the picture as it is shown; undefined if they are not. */
export function formatOf(frame: VideoFrameLike): PixelFormat | undefined {
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

/** The planes of a frame, which is closed afterwards. @throws FACEPIPE_E_IMAGE_UNREADABLE */
export async function takePlanes(what: string, own: VideoFrameLike, format: PixelFormat): Promise<Image> {
  const { displayWidth: width, displayHeight: height } = own;
  try {
    const data = new Uint8Array(own.allocationSize());
    await own.copyTo(data);
    return expectImage({ data, width, height, format, ...coloursOf(own, format) });
  } catch (error) {
    throw unreadable(what, error);
  } finally {
    own.close();
  }
}

/**
 * What a video shows now, for whoever closes it; undefined where the runtime cannot give it upright. Nothing is drawn
 * and nothing copied: this takes no time.
 */
export function frameOf(video: VideoElementLike): VideoFrameLike | undefined {
  const { VideoFrame } = globalThis as unknown as {
    VideoFrame?: new (source: VideoElementLike) => VideoFrameLike;
  };
  if (!VideoFrame) return undefined;
  try {
    const frame = new VideoFrame(video);
    const isWhole = frame.displayWidth === video.videoWidth && frame.displayHeight === video.videoHeight;
    // a runtime that does not know how a frame is turned leaves out how the video is
    if (isWhole && frame.rotation !== undefined) return frame;
    frame.close();
  } catch {
    // of another origin, or protected: drawing it says what is wrong
  }
  return undefined;
}
