import { bytesPerPixel, expectImage, type GrayImage, type Image } from './image.js';

/**
 * Weights of red, green and blue in 1/32768: 0.299, 0.587 and 0.114 rounded so that they add up to 1.
 * From OpenCV's modules/imgproc/src/color.simd_helpers.hpp (RY15, GY15, BY15, gray_shift 15).
 */
const red = 9798;
const green = 19235;
const blue = 3735;
const shift = 15;
const half = 1 << (shift - 1);

function weigh(data: Uint8Array | Uint8ClampedArray, step: number, first: number, third: number): Uint8Array {
  const gray = new Uint8Array(data.length / step);
  for (let from = 0, to = 0; to < gray.length; from += step, to++) {
    gray[to] =
      ((data[from] ?? 0) * first + (data[from + 1] ?? 0) * green + (data[from + 2] ?? 0) * third + half) >>
      shift;
  }
  return gray;
}

/** The luma bytes of packed 4:2:2: every other one. */
function everyOther(data: Uint8Array | Uint8ClampedArray): Uint8Array {
  const gray = new Uint8Array(data.length / 2);
  for (let to = 0; to < gray.length; to++) gray[to] = data[2 * to] ?? 0;
  return gray;
}

/**
 * The image in grey, bit for bit as OpenCV's cvtColor does it: RGB2GRAY, RGBA2GRAY, BGR2GRAY, BGRA2GRAY, and
 * YUV2GRAY_YUYV, YUV2GRAY_NV12 and YUV2GRAY_I420, which take the luma bytes. Those of a camera go from 16 to 235 as a
 * rule. Alpha is ignored. Of gray, nv12 and i420 without padding nothing is copied: what is returned shares the image's
 * memory.
 * @throws FACEPIPE_E_ARGUMENT when the image's sizes, format and data do not fit together.
 */
export function toGray(image: Image): GrayImage {
  const { data, width, height, format } = expectImage(image);
  switch (format) {
    case 'gray':
    // both begin with all of the luma
    case 'nv12':
    case 'i420':
      return { data: new Uint8Array(data.buffer, data.byteOffset, width * height), width, height };
    case 'yuyv':
      return { data: everyOther(data), width, height };
    case 'rgb':
    case 'rgba':
      return { data: weigh(data, bytesPerPixel[format], red, blue), width, height };
    case 'bgr':
    case 'bgra':
      return { data: weigh(data, bytesPerPixel[format], blue, red), width, height };
  }
}
