/**
 * What was found between two points of the stream. A picture that another follows without its end marker is handed on:
 * its decoder knows whether more than the marker is missing.
 */
export type JpegPiece = { picture: Uint8Array } | { corrupt: string };

/** Cuts concatenated JPEG files (MJPEG), also with multipart headers between them, at any chunk border. */
export interface JpegStream {
  push(chunk: Uint8Array): JpegPiece[];
  /** The stream has ended: what is left, if anything. */
  end(): JpegPiece[];
  /** Bytes since the last whole picture, or since the beginning. */
  readonly fruitless: number;
}

/** Bytes. 100 megapixels as JPEG at its best quality are below it. */
export const maxJpeg = 64 * 1024 * 1024;

/**
 * Markers and lengths are followed (ITU-T T.81, annex B), so that the end of a thumbnail inside EXIF does not end the
 * picture. A picture that is cut short or over `limit` bytes is reported once and reading goes on at the next SOI.
 */
export function createJpegStream(limit = maxJpeg): JpegStream {
  let data = Buffer.alloc(1 << 16);
  let length = 0;
  let begin = 0; // of the picture; what is before it is not needed any more
  let at = 0;
  let segment = 0; // begin of the segment that was passed last
  let state: 'between' | 'marker' | 'scan' = 'between';
  let scanned = false; // the picture has come to its scan
  let fruitless = 0;

  function append(chunk: Uint8Array): void {
    if (length + chunk.length > data.length) {
      const kept = data.subarray(begin, length);
      const room = (kept.length + chunk.length) * 2;
      const next = room > data.length ? Buffer.alloc(room) : data;
      next.set(kept); // copes with overlap
      data = next;
      at -= begin;
      segment -= begin;
      length -= begin;
      begin = 0;
    }
    data.set(chunk, length);
    length += chunk.length;
  }

  function resume(from: number, reason: string): JpegPiece {
    state = 'between';
    begin = at = from;
    return { corrupt: reason };
  }

  /** The picture ends there. */
  function cutOut(end: number): JpegPiece {
    const picture = new Uint8Array(data.subarray(begin, end));
    begin = at = end;
    fruitless = length - at;
    state = 'between';
    return { picture };
  }

  /** One step; false when it needs more bytes. */
  function step(found: JpegPiece[]): boolean {
    if (state === 'between') return toPicture();
    if (state === 'scan') return throughScan();
    return throughSegment(found);
  }

  function toPicture(): boolean {
    while (at + 2 < length) {
      const next = data.subarray(0, length).indexOf(0xff, at);
      at = next < 0 ? length : next;
      if (at + 2 >= length) break;
      if (data[at + 1] === 0xd8 && data[at + 2] === 0xff) {
        begin = segment = at;
        at += 2;
        state = 'marker';
        scanned = false;
        return true;
      }
      at += 1;
    }
    begin = at; // up to two bytes of a possible SOI remain
    return false;
  }

  function throughScan(): boolean {
    const next = data.subarray(0, length).indexOf(0xff, at);
    at = next < 0 ? length : next;
    const code = data[at + 1];
    if (at + 1 >= length || code === undefined) return false;
    if (code === 0 || isRestart(code)) at += 2;
    else if (code === 0xff) at += 1;
    else state = 'marker';
    return true;
  }

  function throughSegment(found: JpegPiece[]): boolean {
    if (at + 1 >= length) return false;
    const code = data[at + 1] ?? 0;
    if (data[at] === 0xff && code === 0xff) {
      at += 1; // fill byte
    } else if (data[at] === 0xff && code === 0xd8) {
      found.push(scanned ? cutOut(at) : resume(at, 'another picture begins before its end'));
    } else if (data[at] === 0xff && code === 0xd9) {
      found.push(cutOut(at + 2));
    } else if (data[at] === 0xff && (code === 1 || isRestart(code))) {
      at += 2;
    } else if (data[at] !== 0xff || code < 0xc0 || code > 0xfe) {
      // the length of the segment before it led here and may have run into the next picture
      found.push(resume(segment + 2, 'a marker is missing'));
    } else {
      if (at + 3 >= length) return false;
      const size = ((data[at + 2] ?? 0) << 8) | (data[at + 3] ?? 0);
      if (at + 2 + size > length) return false;
      segment = at;
      at += 2 + size;
      if (code === 0xda) {
        state = 'scan';
        scanned = true;
      }
    }
    return true;
  }

  function run(): JpegPiece[] {
    const found: JpegPiece[] = [];
    while (step(found)) {}
    return found;
  }

  return {
    get fruitless() {
      return fruitless;
    },
    push(chunk) {
      append(chunk);
      fruitless += chunk.length;
      const found = run();
      while (length - begin > limit) {
        found.push(resume(at, `it has more than ${limit} bytes`));
        found.push(...run());
      }
      return found;
    },
    end() {
      const found: JpegPiece[] = [];
      while (state !== 'between') {
        // nothing but its scan came to the end: no other picture can be in there
        const cut =
          scanned && at >= length - 1
            ? cutOut(length)
            : resume(Math.min(at + 1, length), 'the stream ended before it did');
        found.push(cut);
        found.push(...run());
      }
      return found;
    },
  };
}

/** RST0 to RST7, which stand alone within a scan. */
function isRestart(code: number): boolean {
  return code >= 0xd0 && code <= 0xd7;
}
