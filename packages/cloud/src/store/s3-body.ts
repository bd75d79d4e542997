import { Readable } from 'node:stream';

/** The bytes of an answer; undefined where there are more than so many, or it has none. */
export async function bodyUpTo(body: unknown, most: number): Promise<Buffer | undefined> {
  if (!(body instanceof Readable)) return undefined;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    // leaving the loop ends the answer
    if (size > most) return undefined;
  }
  return Buffer.concat(parts);
}
