import type { FrameFormat } from '../source/source.js';
import { constants } from './layout.js';
import { fourcc } from './offer.js';

/** A plane: what part of the frame's width its rows have in bytes, and what part of its height there are rows. */
type Plane = readonly [width: number, height: number];

export interface CameraFormat {
  name: string;
  code: number;
  /** What frames of it are handed on as; `jpeg` is decoded first. */
  frame: FrameFormat | 'jpeg';
  /** One after the other in memory; none for a format without rows. */
  planes: readonly Plane[];
  /** Pairs of bytes change places: UYVY is YUYV then. */
  swap?: true;
}

const format = (code: number, frame: CameraFormat['frame'], planes: readonly Plane[] = []): CameraFormat => ({
  name: fourcc(code),
  code,
  frame,
  planes,
});

/**
 * The formats that are read, best first: raw before compressed, as nothing is decoded and nothing lost, and those with
 * brightness apart from colour before RGB; grey last, as faces are published in colour.
 */
export const cameraFormats: readonly CameraFormat[] = [
  format(constants.V4L2_PIX_FMT_YUYV, 'yuyv', [[2, 1]]),
  format(constants.V4L2_PIX_FMT_NV12, 'nv12', [
    [1, 1],
    [1, 1 / 2],
  ]),
  format(constants.V4L2_PIX_FMT_YUV420, 'i420', [
    [1, 1],
    [1 / 2, 1 / 2],
    [1 / 2, 1 / 2],
  ]),
  { ...format(constants.V4L2_PIX_FMT_UYVY, 'yuyv', [[2, 1]]), swap: true },
  format(constants.V4L2_PIX_FMT_RGB24, 'rgb', [[3, 1]]),
  format(constants.V4L2_PIX_FMT_MJPEG, 'jpeg'),
  format(constants.V4L2_PIX_FMT_JPEG, 'jpeg'),
  format(constants.V4L2_PIX_FMT_GREY, 'gray', [[1, 1]]),
];

/** Size of a frame as the driver lays it out. */
export interface PlaneLayout {
  width: number;
  height: number;
  /** Bytes from row to row of the first plane; drivers may pad rows. */
  stride: number;
}

/** Bytes a whole picture takes in the driver's buffer; 0 for a format without rows. */
export function bytesOf({ planes }: CameraFormat, { width, height, stride }: PlaneLayout): number {
  const [first] = planes;
  if (!first) return 0;
  const pitch = stride / (width * first[0]);
  return planes.reduce((sum, [w, h]) => sum + width * w * pitch * height * h, 0);
}

/** Copies a picture out of the driver's memory, rows packed: the only copy between the camera and the detector. */
export function copyPicture(camera: CameraFormat, picture: PlaneLayout, memory: Uint8Array): Buffer {
  const { width, height, stride } = picture;
  const [first] = camera.planes;
  // of its own memory and not of Node's pool, and not filled with zeros first
  const data = Buffer.allocUnsafeSlow(
    first ? bytesOf(camera, { width, height, stride: width * first[0] }) : memory.length,
  );
  if (!first || stride === width * first[0]) {
    data.set(memory.subarray(0, data.length));
  } else {
    const pitch = stride / (width * first[0]);
    let [from, to] = [0, 0];
    for (const [w, h] of camera.planes) {
      const row = width * w;
      for (let y = 0; y < height * h; y++, from += row * pitch, to += row) {
        data.set(memory.subarray(from, from + row), to);
      }
    }
  }
  return camera.swap ? data.swap16() : data;
}

export function isRead(name: string): boolean {
  return cameraFormats.some((known) => known.name === name);
}
