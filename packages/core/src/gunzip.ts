import { Flaw } from './xml.js';

/** Whether the bytes begin as those of gzip do (RFC 1952, 2.3.1). */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * What was gzipped, at most so many bytes of it.
 * @throws Flaw when it is damaged or larger, or the runtime has no DecompressionStream
 */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof DecompressionStream === 'undefined')
    throw new Flaw('it is gzipped, which cannot be undone here');
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    for (const reader = stream.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      // what a few bytes may become without end
      if (length > most) {
        await reader.cancel();
        break;
      }
      chunks.push(value);
    }
  } catch {
    throw new Flaw('it is gzipped, and damaged');
  }
  if (length > most) throw new Flaw(`it has more than ${most} bytes`);
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
