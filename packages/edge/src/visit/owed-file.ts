import { createHash } from 'node:crypto';
import { FacepipeError, newId } from '@facepipe/service';
import { factsFromFields, factsToFields, type Pixels } from '@facepipe/wire';
import type { UnnumberedFacts } from '../capture/face-store.js';

/** A picture that an open visit would send if it ended now. */
export interface OwedFace {
  pixels: Pixels;
  facts: UnnumberedFacts;
}

interface Head {
  format: 1;
  width: number;
  height: number;
  channels: Pixels['channels'];
  sha256: string;
  fields: Record<string, string>;
}

const sum = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** A line of JSON, then the pixels. */
export function encodeOwed({ pixels, facts }: OwedFace): Buffer {
  const { data, width, height, channels } = pixels;
  // it gets its own when it is stored
  const fields = factsToFields({ ...facts, id: newId(), stream: newId(), seq: 1 });
  const head: Head = { format: 1, width, height, channels, sha256: sum(data), fields };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), data]);
}

/** Undefined where the bytes are not what was written. */
export function decodeOwed(bytes: Buffer): OwedFace | undefined {
  const end = bytes.indexOf('\n');
  const head = end < 0 ? undefined : parse(bytes.toString('utf8', 0, end));
  const data = new Uint8Array(bytes.subarray(end + 1));
  if (head?.format !== 1 || sum(data) !== head.sha256) return undefined;
  const { width, height, channels, fields } = head;
  if (data.length !== width * height * channels) return undefined;
  try {
    const { id: _id, stream: _stream, seq: _seq, ...facts } = factsFromFields(fields);
    return { pixels: { data, width, height, channels }, facts };
  } catch (error) {
    if (error instanceof FacepipeError) return undefined;
    throw error;
  }
}

function parse(text: string): Head | undefined {
  try {
    return JSON.parse(text) as Head;
  } catch {
    return undefined;
  }
}
