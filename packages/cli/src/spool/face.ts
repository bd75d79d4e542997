import { crc32 } from 'node:zlib';
import type { OutgoingMessage } from '@facepipe/wire';

/** A face as it is kept and published: the image file, its topic and its properties. */
export type SpooledFace = Omit<OutgoingMessage, 'retain'>;

/** CRC-32 of all after it, and length of the header; both 32 bits, little-endian. */
const prefix = 8;

/** A face as bytes: checksum, header as JSON, image. The checksum is ours since LevelDB does not check its own on reading. */
export function encodeSpooled({ payload, ...header }: SpooledFace): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.concat([Buffer.alloc(prefix), json, payload]);
  bytes.writeUInt32LE(json.length, 4);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

/** The face in `bytes`; undefined when they are not what was written. */
export function decodeSpooled(bytes: Buffer): SpooledFace | undefined {
  if (bytes.length < prefix || bytes.readUInt32LE(0) !== crc32(bytes.subarray(4))) return undefined;
  const end = prefix + bytes.readUInt32LE(4);
  const header = headerIn(bytes.toString('utf8', prefix, end));
  return header && { ...header, payload: bytes.subarray(end) };
}

/** A checksum says that nobody erred, and not that a spool wrote it. */
function headerIn(json: string): Omit<SpooledFace, 'payload'> | undefined {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch {
    return undefined;
  }
  return isHeader(header) ? header : undefined;
}

function isHeader(value: unknown): value is Omit<SpooledFace, 'payload'> {
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
