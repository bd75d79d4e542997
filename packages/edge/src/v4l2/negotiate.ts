import { type CameraFormat, cameraFormats } from './format.js';
import type { FormatOffer, Rates, SizeOffer, Span } from './offer.js';

/** What the user asked for; nothing is required. */
export interface Wish {
  width?: number;
  height?: number;
  /** Frames a second. */
  fps?: number;
}

/** What to ask the driver for. */
export interface Choice {
  format: CameraFormat;
  width: number;
  height: number;
  /** Undefined where the driver tells no rates and none was asked for. */
  fps?: number;
}

const usual = { width: 640, height: 480, fps: 30 } as const;

/**
 * The offer nearest to the wish: first the size (640×480 unless asked otherwise; one side alone wants the other in
 * 4:3), then the rate (30 unless asked otherwise), then the format in the order of `cameraFormats`. So MJPG is taken
 * only where no raw format has that size at that rate.
 * @returns undefined when no format is one that is read
 */
export function negotiate(offers: readonly FormatOffer[], wish: Wish): Choice | undefined {
  const wanted = fill(wish);
  const ranked = cameraFormats.flatMap((format, preference) => {
    const offer = offers.find(({ format: name }) => name === format.name);
    if (!offer) return [];
    // a driver may list no sizes: it takes what is asked, or says what it takes instead
    const sizes = offer.sizes.length > 0 ? offer.sizes : [{ ...wanted, rates: [] }];
    return sizes.map((size) => {
      const [width, height] = [nearest(size.width, wanted.width), nearest(size.height, wanted.height)];
      const fps = nearestRate(size.rates, wish.fps ?? usual.fps) ?? wish.fps;
      const off = Math.abs(width - wanted.width) + Math.abs(height - wanted.height);
      const late = (wish.fps ?? usual.fps) - (fps ?? usual.fps);
      // faster than was not even asked for does no harm; 29.97 is as good as 30
      const slow = Math.round(wish.fps === undefined ? Math.max(0, late) : Math.abs(late));
      return { choice: { format, width, height, ...(fps !== undefined && { fps }) }, off, slow, preference };
    });
  });
  ranked.sort((a, b) => a.off - b.off || a.slow - b.slow || a.preference - b.preference);
  return ranked[0]?.choice;
}

function fill({ width, height }: Wish): { width: number; height: number } {
  const even = (length: number) => 2 * Math.round(length / 2);
  return {
    width: width ?? (height === undefined ? usual.width : even((height * usual.width) / usual.height)),
    height: height ?? (width === undefined ? usual.height : even((width * usual.height) / usual.width)),
  };
}

/** Of a range an even length, as colour comes for two pixels at a time. */
function nearest(offered: SizeOffer['width'], wanted: number): number {
  if (typeof offered === 'number') return offered;
  const { min, max } = offered;
  if (min === max) return min;
  const step = evenStep(offered);
  const base = step > 1 && min % 2 === 1 ? min + (offered.step || 1) : min;
  const steps = Math.round((Math.min(Math.max(wanted, base), max) - base) / step);
  return Math.min(base + steps * step, base + Math.floor((max - base) / step) * step);
}

function evenStep({ step }: Span): number {
  const some = Math.max(1, step);
  return some % 2 === 0 ? some : 2 * some;
}

function nearestRate(rates: Rates, wanted: number): number | undefined {
  if (!('min' in rates)) return [...rates].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0];
  return Math.min(Math.max(wanted, rates.min), rates.max);
}
