import { createHash } from 'node:crypto';
import { FacepipeError, newId } from '@facepipe/service';
import { factsFromFields, factsToFields, type Pixels } from '@facepipe/wire';
import type { Context } from '../capture/context.js';
import type { UnnumberedFacts } from '../capture/face-store.js';

/** A picture that an open visit would send if it ended now. */
export interface OwedFace {
  pixels: Pixels;
  facts: UnnumberedFacts;
  /** The whole frame it was in, where that is sent too. */
  context?: Context;
}

type Shape = Pick<Pixels, 'width' | 'height' | 'channels'>;

interface Head extends Shape {
  format: 1;
  /** Of all the pixels. */
  sha256: string;
  context?: Shape & Pick<Context, 'box'>;
  fields: Record<string, string>;
}

const sum = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

const shapeOf = ({ width, height, channels }: Shape): Shape => ({ width, height, channels });
const bytesOf = ({ width, height, channels }: Shape): number => width * height * channels;

/** A line of JSON, then the pixels, then those of the context. */
export function encodeOwed({ pixels, facts, context }: OwedFace): Buffer {
  const data = context ? Buffer.concat([pixels.data, context.pixels.data]) : pixels.data;
  // it gets its own when it is stored
  const fields = factsToFields({ ...facts, id: newId(), stream: newId(), seq: 1 });
  const around = context && { context: { ...shapeOf(context.pixels), box: context.box } };
  const head: Head = { format: 1, ...shapeOf(pixels), ...around, sha256: sum(data), fields };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), data]);
}

/** Undefined where the bytes are not what was written. */
export function decodeOwed(bytes: Buffer): OwedFace | undefined {
  const end = bytes.indexOf('\n');
  const head = end < 0 ? undefined : parse(bytes.toString('utf8', 0, end));
  const data = new Uint8Array(bytes.subarray(end + 1));
  if (head?.format !== 1 || sum(data) !== head.sha256) return undefined;
  const own = bytesOf(head);
  if (data.length !== own + (head.context ? bytesOf(head.context) : 0)) return undefined;
  try {
    const { id: _id, stream: _stream, seq: _seq, ...facts } = factsFromFields(head.fields);
    const pixels = { ...shapeOf(head), data: data.slice(0, own) };
    return { pixels, facts, ...(head.context && { context: contextOf(head.context, data.slice(own)) }) };
  } catch (error) {
    if (error instanceof FacepipeError) return undefined;
    throw error;
  }
}

function contextOf({ box, ...shape }: NonNullable<Head['context']>, data: Uint8Array): Context {
  return { pixels: { ...shape, data }, box };
}

function parse(text: string): Head | undefined {
  try {
    return JSON.parse(text) as Head;
  } catch {
    return undefined;
  }
}
