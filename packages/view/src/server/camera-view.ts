import type { Pixels, Size } from '@facepipe/wire';
import sharp from 'sharp';
import { type CandidateView, encodeFrame } from '../protocol.js';

/** A frame of the camera, and what was seen in it. */
export interface WatchedFrame {
  number: number;
  captured: Date;
  /** Of the frame, in whose pixels the boxes are. */
  full: Size;
  /** Nothing moved, and it was not searched. */
  still: boolean;
  candidates: readonly CandidateView[];
  /** As the camera compressed it, where it did. */
  jpeg?: Uint8Array;
  /** Its pixels, made when they are asked for. */
  pixels: () => Pixels;
}

/** Who gets frames. */
interface Audience {
  readonly wantsFrame: boolean;
  readonly rejected: boolean;
  show(number: number, frame: Uint8Array): void;
}

/** Pixels: what is wider is made smaller for the page. */
const widest = 960;
const jpegQuality = 78;
/** Least time between two frames, ms: 15 a second look like a film. */
const least = 66;

/**
 * The camera's picture for those who look at it. A frame is encoded only where somebody can take it, one at a time,
 * and the newest is next; what nobody waits for costs nothing.
 */
export class CameraView {
  readonly #audience: () => Iterable<Audience>;
  readonly #elapsed: () => number;
  #encoding = false;
  #last = Number.NEGATIVE_INFINITY;
  #shown: { number: number; bytes: Uint8Array } | undefined;

  /** @param elapsed ms of a clock that does not jump */
  constructor(audience: () => Iterable<Audience>, elapsed: () => number) {
    this.#audience = audience;
    this.#elapsed = elapsed;
  }

  /** Undefined while no frame is wanted; else whether what was left out is wanted too. */
  get wanted(): { rejected: boolean } | undefined {
    if (this.#encoding || this.#elapsed() - this.#last < least) return undefined;
    let rejected: boolean | undefined;
    for (const viewer of this.#audience())
      if (viewer.wantsFrame) rejected = (rejected ?? false) || viewer.rejected;
    return rejected === undefined ? undefined : { rejected };
  }

  /** The latest frame that was encoded, for one who has just come. */
  get shown(): { number: number; bytes: Uint8Array } | undefined {
    return this.#shown;
  }

  /** Shows a frame to all who want one. Never rejects. */
  async show(frame: WatchedFrame): Promise<void> {
    if (!this.wanted) return;
    this.#encoding = true;
    this.#last = this.#elapsed();
    try {
      const { number, captured, full, still, candidates } = frame;
      const { jpeg, ...size } = await pictureOf(frame);
      const head = { number, captured: captured.getTime(), ...size, full, still, candidates };
      const bytes = encodeFrame(head, jpeg);
      this.#shown = { number, bytes };
      for (const viewer of this.#audience()) if (viewer.wantsFrame) viewer.show(number, bytes);
    } catch {
      // a picture that cannot be encoded is not shown; what the capture makes of it is another matter
    } finally {
      this.#encoding = false;
    }
  }
}

async function pictureOf({ jpeg, full, pixels }: WatchedFrame): Promise<Size & { jpeg: Uint8Array }> {
  if (jpeg) return { width: full.width, height: full.height, jpeg };
  const { data, width, height, channels } = pixels();
  const encoder = sharp(data, { raw: { width, height, channels } }).jpeg({ quality: jpegQuality });
  const fitted = width > widest ? encoder.resize({ width: widest }) : encoder;
  const { data: encoded, info } = await fitted.toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, jpeg: encoded };
}
