import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { type Clock, systemClock } from '@facepipe/service';
import { type Address, parseAddress } from './address.js';
import { ffmpegFrames, ffmpegVersion } from './ffmpeg.js';
import { pipedInput, proxiedInput } from './ffmpeg-input.js';
import { openGateway } from './gateway.js';
import { openHttp } from './http-request.js';
import { maxCameraPixels } from './image.js';
import { jpegFrames } from './jpeg-frames.js';
import { pacing } from './pacing.js';
import type { Frame, Source, SourceOptions } from './source.js';
import { sourceError } from './source-error.js';

/** Bytes of one picture of a camera. */
const maxCameraJpeg = 16 * 2 ** 20;
/** Bytes that are looked at to know what a camera sends, where it does not say so. */
const lookedAt = 4096;
/** Pictures a second that are asked of a camera that gives one at a time. */
const snapshotRate = 1;

const soi = Buffer.from([0xff, 0xd8, 0xff]);

/**
 * A camera on HTTP. JPEG pictures are cut out of what it sends, be that MJPEG with or without the frame of a multipart
 * stream, or one picture for each request, which is then asked for `fps` times a second. All else is ffmpeg's to read,
 * which gets the bytes from here; only of a playlist or a file to seek in it asks for parts, through a gateway. Live
 * unless `realtime` is false.
 * @throws FACEPIPE_E_SOURCE_SPEC; from `frames` FACEPIPE_E_SOURCE_HTTP, FACEPIPE_E_SOURCE_LOGIN,
 *   FACEPIPE_E_SOURCE_EMPTY, FACEPIPE_E_FFMPEG_MISSING, FACEPIPE_E_FFMPEG_FAILED
 */
export function httpSource(spec: string, options: SourceOptions, clock: Clock = systemClock): Source {
  const address = parseAddress(spec, options.login);
  const { name } = address;
  const live = options.realtime ?? true;
  const { width, height, fps, onWarning } = options;
  let corrupt = 0;
  let skipped = 0;
  const reading = {
    name,
    maxBytes: maxCameraJpeg,
    decode: { limit: maxCameraPixels, ...(width && { width }), ...(height && { height }) },
    ...pacing(live, options),
    onSkipped: () => {
      skipped += 1;
    },
    onCorrupt: (message: string) => {
      corrupt += 1;
      onWarning?.(message);
    },
  };

  async function* frames(signal: AbortSignal): AsyncGenerator<Frame> {
    let number = 0;
    while (!signal.aborted) {
      const begun = clock.elapsed();
      const response = await openHttp(address, signal).catch((error) => {
        if (!signal.aborted) throw error;
      });
      if (!response) return;
      const sent = await look(response, name);
      if (sent.kind !== 'jpeg') {
        yield* throughFfmpeg(address, sent, options, signal, () => corrupt++);
        return;
      }
      const before = number;
      for await (const frame of jpegFrames(sent.bytes, signal, reading, clock)) {
        number = before + frame.number;
        yield { ...frame, number };
      }
      if (!live || sent.multipart || number !== before + 1) return;
      await clock.sleep(begun + 1000 / (fps ?? snapshotRate) - clock.elapsed(), signal);
    }
  }

  return {
    name,
    live,
    get corrupt() {
      return corrupt;
    },
    get skipped() {
      return skipped;
    },
    frames,
  };
}

interface Sent {
  kind: 'jpeg' | 'playlist' | 'film';
  /** Many pictures by its own word. */
  multipart: boolean;
  /** From the first on. */
  bytes: Readable;
}

/** What a camera sends: by its type where that says JPEG, else by its first bytes, as types are often wrong. */
async function look(response: IncomingMessage, name: string): Promise<Sent> {
  const encoding = response.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    response.destroy();
    throw sourceError('FACEPIPE_E_SOURCE_HTTP', {
      source: name,
      reason: `it sends ${encoding} without being asked to`,
    });
  }
  const type = (response.headers['content-type'] ?? '').toLowerCase();
  const multipart = type.startsWith('multipart/');
  if (multipart || /jpe?g/.test(type)) return { kind: 'jpeg', multipart, bytes: response };
  const chunks: Buffer[] = [];
  const rest = response[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < lookedAt && !head.includes(soi)) {
    const next = await rest.next();
    if (next.done) break;
    chunks.push(next.value);
    head = Buffer.concat(chunks);
  }
  const bytes = Readable.from(
    (async function* () {
      try {
        yield* chunks;
        for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
      } finally {
        response.destroy();
      }
    })(),
    { objectMode: false },
  );
  const text = head.toString('latin1', 0, lookedAt);
  if (head.subarray(0, lookedAt).includes(soi))
    return { kind: 'jpeg', multipart: /^-{0,2}\S*\r?\n\S+:/.test(text), bytes };
  const seeks = /^\s*#EXTM3U/.test(text) || /<MPD[\s>]/.test(text) || text.slice(4, 8) === 'ftyp';
  return { kind: seeks ? 'playlist' : 'film', multipart: false, bytes };
}

async function* throughFfmpeg(
  address: Address,
  { kind, bytes }: Sent,
  options: SourceOptions,
  signal: AbortSignal,
  onCorrupt: () => void,
): AsyncGenerator<Frame> {
  try {
    const version = await ffmpegVersion(address.name);
    if (kind === 'film') {
      yield* ffmpegFrames(pipedInput(address.name, bytes, options), version, options, signal, onCorrupt);
      return;
    }
    bytes.destroy();
    const gateway = await openGateway(address, signal);
    try {
      const input = proxiedInput(address, gateway.url, gateway.proxy, options);
      yield* ffmpegFrames(input, version, options, signal, onCorrupt);
    } finally {
      gateway.close();
    }
  } finally {
    bytes.destroy();
  }
}
