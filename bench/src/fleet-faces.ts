import { crc32 } from 'node:zlib';
import type { FaceIdentity } from '@facepipe/edge';
import {
  encodeFace,
  encodeImage,
  type FaceFacts,
  factsToFields,
  type ImageFormat,
  inspectImage,
  type OutgoingMessage,
} from '@facepipe/wire';
import { type CutFace, photoFaces } from './photo-faces.js';

/**
 * Pixels of a face's width: of the best pictures of the 30 visits that `capture --send best` saw in 17 public clips,
 * 320 to 960 pixels wide, the smallest tenth's middle, the next tenth's, and so on.
 */
export const widths = [26, 44, 46, 62, 66, 80, 87, 95, 132, 159];

const mime = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' } as const;

/** Makes the face of that number of that device. */
export type MakeFace = (device: string, identity: FaceIdentity) => Promise<OutgoingMessage>;

interface Template {
  bytes: Buffer;
  /** Where the facts are in it. */
  at: number;
}

const describe = (facts: FaceFacts): string =>
  `facepipe:${new URLSearchParams(factsToFields(facts)).toString()}`;

/**
 * Faces as `capture` sends them, of the repository's photographs. Encoding is the camera's work, and a fleet's would
 * take more than this machine has: each picture is encoded once by the product, and its facts are changed in place.
 */
export async function openFaces(
  format: ImageFormat,
  quality: number,
): Promise<{ make: MakeFace; bytes: number[] }> {
  const cuts = await photoFaces(widths);
  const templates = new Map<string, Promise<Template>>();
  const encode = async (cut: CutFace, facts: FaceFacts): Promise<Template> => {
    const bytes = await encodeImage(cut.pixels, facts, { format, quality });
    const at = bytes.indexOf(describe(facts));
    if (at < 0) throw new Error(`the facts are not to be found in a ${format} file`);
    return { bytes, at };
  };
  const factsOf = ({ box, frameSize }: CutFace, device: string, identity: FaceIdentity): FaceFacts => ({
    ...identity,
    device,
    captured: new Date(),
    frame: identity.seq,
    frameSize,
    box,
    neighbors: 5,
    detector: 'fleet',
  });
  const make: MakeFace = async (device, identity) => {
    // no device has the same picture twice running, and all have all of them
    const n = (identity.seq + Number(/\d+$/.exec(device)?.[0] ?? 0)) % cuts.length;
    const cut = cuts[n];
    if (!cut) throw new Error('there are no faces');
    const facts = factsOf(cut, device, identity);
    const text = describe(facts);
    const name = `${n} ${text.length}`;
    const known = templates.get(name) ?? encode(cut, facts);
    templates.set(name, known);
    const payload = stamped(await known, text, format);
    return encodeFace(`facepipe/${device}/faces`, facts, payload, mime[format]);
  };
  const id = '01JDXV3QK5W8Z2M4N6P8R0T2V4';
  const bytes: number[] = [];
  for (let seq = 1; seq <= cuts.length; seq++) {
    const { payload } = await make('camera00000', { id, stream: id, seq });
    const { facts } = await inspectImage(payload);
    if (facts?.seq !== seq) throw new Error('a face does not say which it is');
    bytes.push(payload.length);
  }
  return { make, bytes };
}

/** The same picture with other facts. */
function stamped({ bytes, at }: Template, text: string, format: ImageFormat): Buffer {
  const copy = Buffer.from(bytes);
  copy.write(text, at, 'latin1');
  if (format !== 'png') return copy;
  // a chunk of PNG: length, type, data, CRC-32 of type and data
  const type = copy.lastIndexOf('eXIf', at);
  const end = type + 4 + copy.readUInt32BE(type - 4);
  copy.writeUInt32BE(crc32(copy.subarray(type, end)), end);
  return copy;
}
