import type { Device } from './device.js';
import { constants } from './layout.js';
import { Struct } from './struct.js';

/** A length that the driver makes in steps. */
export interface Span {
  min: number;
  max: number;
  step: number;
}

/** Frames a second: those there are, highest first, or all between two. */
export type Rates = readonly number[] | { min: number; max: number };

/** One size, or all sizes in a range; pixels. */
export interface SizeOffer {
  width: number | Span;
  height: number | Span;
  /** At the largest size of a range. Empty where the driver does not say. */
  rates: Rates;
}

/** One pixel format with what it comes in. */
export interface FormatOffer {
  /** Four characters, as in `YUYV`. */
  format: string;
  description: string;
  sizes: SizeOffer[];
}

/** Drivers are asked until they say stop; one that never does must not hold us. */
const most = 256;

/**
 * The formats, sizes and rates of a capture device, as the driver lists them.
 * @param wanted which formats' sizes and rates are asked for; default all
 * @throws Errno
 */
export function readOffers(device: Device, wanted = (_format: string): boolean => true): FormatOffer[] {
  const offers: FormatOffer[] = [];
  const asked = new Struct('v4l2_fmtdesc').set('type', constants.V4L2_BUF_TYPE_VIDEO_CAPTURE);
  for (let index = 0; index < most && device.ask('VIDIOC_ENUM_FMT', asked.set('index', index)); index++) {
    const code = asked.get('pixelformat');
    const format = fourcc(code);
    const sizes = wanted(format) ? readSizes(device, code) : [];
    offers.push({ format, description: asked.text('description'), sizes });
  }
  return offers;
}

function readSizes(device: Device, format: number): SizeOffer[] {
  const sizes: SizeOffer[] = [];
  const asked = new Struct('v4l2_frmsizeenum').set('pixel_format', format);
  for (let index = 0; index < most; index++) {
    if (!device.ask('VIDIOC_ENUM_FRAMESIZES', asked.set('index', index))) break;
    if (asked.get('type') === constants.V4L2_FRMSIZE_TYPE_DISCRETE) {
      const [width, height] = [asked.get('discrete.width'), asked.get('discrete.height')];
      sizes.push({ width, height, rates: readRates(device, format, width, height) });
      continue;
    }
    const span = (side: 'width' | 'height'): Span => ({
      min: asked.get(`stepwise.min_${side}`),
      max: asked.get(`stepwise.max_${side}`),
      step: asked.get(`stepwise.step_${side}`),
    });
    const [width, height] = [span('width'), span('height')];
    sizes.push({ width, height, rates: readRates(device, format, width.max, height.max) });
    break;
  }
  return sizes;
}

function readRates(device: Device, format: number, width: number, height: number): Rates {
  const rates = new Set<number>();
  const asked = new Struct('v4l2_frmivalenum').set('pixel_format', format);
  asked.set('width', width).set('height', height);
  for (let index = 0; index < most; index++) {
    if (!device.ask('VIDIOC_ENUM_FRAMEINTERVALS', asked.set('index', index))) break;
    // an interval is seconds a frame
    const rate = (at: 'discrete' | 'stepwise.min' | 'stepwise.max') =>
      rounded(asked.get(`${at}.denominator`) / asked.get(`${at}.numerator`));
    if (asked.get('type') !== constants.V4L2_FRMIVAL_TYPE_DISCRETE) {
      return { min: rate('stepwise.max'), max: rate('stepwise.min') };
    }
    rates.add(rate('discrete'));
  }
  return [...rates].filter(Number.isFinite).sort((a, b) => b - a);
}

/** 30000/1001 is 29.97. */
export function rounded(rate: number): number {
  return Math.round(rate * 100) / 100;
}

export function fourcc(code: number): string {
  return String.fromCharCode(...[0, 8, 16, 24].map((shift) => (code >>> shift) & 0x7f)).trimEnd();
}
