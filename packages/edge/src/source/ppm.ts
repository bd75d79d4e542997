import { checkPixels, type DecodedImage } from './image.js';
import { sourceError } from './source-error.js';

/** Cuts a stream of binary PPM pictures (P6, 8 bits) at any chunk border into RGB pictures that own their bytes. */
export interface PpmReader {
  /** The pictures that this chunk completes. */
  push(chunk: Uint8Array): DecodedImage[];
  /** True when the stream ended within a picture. */
  readonly partial: boolean;
}

/** "P6", width, height and maximum separated by white space, and one white space before the pixels (man 5 ppm). */
const header = /^P6\s+([1-9]\d*)\s+([1-9]\d*)\s+255\s$/;
const longestHeader = 64;

/**
 * @param name of the source, for errors
 * @throws (from push) FACEPIPE_E_IMAGE_TOO_LARGE, FACEPIPE_E_FFMPEG_FAILED when the bytes are not PPM
 */
export function createPpmReader(name: string): PpmReader {
  let text = '';
  let picture: DecodedImage | undefined;
  let filled = 0;

  function begin(byte: number): void {
    text += String.fromCharCode(byte);
    const match = header.exec(text);
    if (match) {
      const [width, height] = [Number(match[1]), Number(match[2])];
      checkPixels(name, width, height);
      picture = { data: new Uint8Array(width * height * 3), width, height, format: 'rgb' };
      filled = 0;
      text = '';
    } else if (text.length > longestHeader || !'P6'.startsWith(text.slice(0, 2))) {
      throw sourceError('FACEPIPE_E_FFMPEG_FAILED', {
        source: name,
        reason: 'its output is not a stream of PPM',
      });
    }
  }

  return {
    get partial() {
      return picture !== undefined || text !== '';
    },
    push(chunk) {
      const complete: DecodedImage[] = [];
      let at = 0;
      while (at < chunk.length) {
        if (!picture) {
          begin(chunk[at++] ?? 0);
          continue;
        }
        const part = chunk.subarray(at, at + picture.data.length - filled);
        picture.data.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled === picture.data.length) {
          complete.push(picture);
          picture = undefined;
        }
      }
      return complete;
    },
  };
}
