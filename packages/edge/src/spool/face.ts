import { crc32 } from 'node:zlib';
import type { OutgoingMessage } from '@facepipe/wire';
import type { FaceIdentity } from './write-queue.js';

/** A face as it is kept and published: the image file, its topic and its properties. */
export type SpooledFace = Omit<OutgoingMessage, 'retain'>;

/** Who a face on disk is; its stream may be that of the spool. */
export type KeptIdentity = Omit<FaceIdentity, 'stream'> & { stream?: string };

/** Where the parts of a record are. */
export interface Layout {
  /** From the checksum on. */
  start: number;
  json: number;
  payload: number;
  /** After the image; undefined in a record of format 1, which does not tell. */
  end?: number;
}

type Header = Omit<SpooledFace, 'payload'>;
type KeptHeader = Header & { kept?: Partial<FaceIdentity> | undefined };

/** CRC-32 of all after it, length of the header with `sized`, length of the image; 32 bits each, little-endian. */
const prefix = 12;
/** In format 1 there was no length of the image. */
const shortPrefix = 8;
/** In the length of the header: that of the image follows. */
const sized = 2 ** 31;

/**
 * A face as bytes: checksum, lengths, header as JSON, image. The bytes tell where they end and who the face is, so that
 * what is in a file can be found without an index. The checksum is ours since LevelDB does not check its own on
 * reading.
 */
export function encodeSpooled({ payload, ...header }: SpooledFace, identity: FaceIdentity): Buffer {
  const kept = untold(header, identity);
  const json = Buffer.from(JSON.stringify(kept ? { ...header, kept } : header));
  const bytes = Buffer.concat([Buffer.alloc(prefix), json, payload]);
  bytes.writeUInt32LE(json.length + sized, 4);
  bytes.writeUInt32LE(payload.length, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

/** The face in `bytes`, and who it is if it says so; undefined when they are not what was written. */
export function decodeSpooled(bytes: Buffer): { face: SpooledFace; identity?: KeptIdentity } | undefined {
  const layout = layoutAt(bytes, 0);
  if (!layout || (layout.end ?? bytes.length) !== bytes.length) return undefined;
  if (bytes.readUInt32LE(0) !== crc32(bytes.subarray(4))) return undefined;
  const found = headerIn(bytes, layout);
  if (!found) return undefined;
  const { kept: _, ...header } = found;
  const face = { ...header, payload: bytes.subarray(layout.payload) };
  const identity = identityOf(found);
  return { face, ...(identity && { identity }) };
}

/** Who the face of a record is, if its header can be read and says so; its checksum is not looked at. */
export function identityIn(bytes: Buffer, layout: Layout): KeptIdentity | undefined {
  const header = headerIn(bytes, layout);
  return header && identityOf(header);
}

export function headerIn(bytes: Buffer, { json, payload }: Layout): KeptHeader | undefined {
  try {
    const header: unknown = JSON.parse(bytes.toString('utf8', json, payload));
    // a checksum says that nobody erred, and not that a spool wrote it
    return isHeader(header) ? header : undefined;
  } catch {
    return undefined;
  }
}

function isHeader(value: unknown): value is KeptHeader {
  const { topic, qos, contentType, userProperties } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    typeof topic === 'string' &&
    (qos === undefined || qos === 0 || qos === 1 || qos === 2) &&
    (contentType === undefined || typeof contentType === 'string') &&
    (userProperties === undefined ||
      (typeof userProperties === 'object' &&
        userProperties !== null &&
        Object.values(userProperties).every((property) => typeof property === 'string')))
  );
}

function identityOf({ kept, ...header }: KeptHeader): KeptIdentity | undefined {
  const { id, stream, seq } = { ...namedIn(header), ...kept };
  if (typeof id !== 'string' || !isSeq(seq)) return undefined;
  return { id, seq, ...(typeof stream === 'string' && { stream }) };
}

const isSeq = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 1;

/** The parts of what looks like a record at `start`; its checksum is not looked at. */
export function layoutAt(bytes: Buffer, start: number): Layout | undefined {
  if (start < 0 || start + prefix > bytes.length) return undefined;
  const word = bytes.readUInt32LE(start + 4);
  const json = start + (word >= sized ? prefix : shortPrefix);
  const payload = json + (word % sized);
  // `{"` and `}`
  if (payload > bytes.length || payload < json + 3) return undefined;
  if (bytes[json] !== 0x7b || bytes[json + 1] !== 0x22 || bytes[payload - 1] !== 0x7d) return undefined;
  if (word < sized) return { start, json, payload };
  const end = payload + bytes.readUInt32LE(start + 8);
  return end <= bytes.length ? { start, json, payload, end } : undefined;
}

/** Where the next record may begin, from `from` on. */
export function nextLayout(bytes: Buffer, from: number): Layout | undefined {
  for (let json = bytes.indexOf('{"', from + shortPrefix); json >= 0; json = bytes.indexOf('{"', json + 1)) {
    for (const length of [prefix, shortPrefix]) {
      if (json - length < from) continue;
      const layout = layoutAt(bytes, json - length);
      if (layout?.json === json) return layout;
    }
  }
  return undefined;
}

/** Who a face is by its user properties, as those of `capture` tell. */
function namedIn({ userProperties }: Header): KeptIdentity | undefined {
  const { id, stream, seq } = userProperties ?? {};
  const number = Number(seq);
  if (id === undefined || !isSeq(number)) return undefined;
  return { id, seq: number, ...(stream !== undefined && { stream }) };
}

/** What the properties do not tell. */
function untold(header: Header, identity: FaceIdentity): Partial<FaceIdentity> | undefined {
  const { id, stream, seq } = namedIn(header) ?? {};
  if (id !== identity.id || seq !== identity.seq) return identity;
  return stream === identity.stream ? undefined : { stream: identity.stream };
}
