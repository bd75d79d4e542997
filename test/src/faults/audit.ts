import type { Kept } from './bucket.js';
import { type Accepted, place } from './journal.js';

export interface Verdict {
  /** Faces that capture accepted. */
  accepted: number;
  /** Objects. */
  stored: number;
  /** In no object, and capture said so. */
  dropped: number;
  /** In no object, and nobody said so. */
  lost: Accepted[];
  /**
   * Ids under more than one key, numbers given to two faces, objects of nobody's, and objects that are not what they
   * say.
   */
  wrong: string[];
}

/**
 * Compares, object by object, what capture accepted with what the bucket holds. A capture killed between its disk and
 * its log has accepted a face that no line tells of: its number is then in no line either. What numbers show to be
 * missing between the first and the last is lost.
 */
export async function audit(
  accepted: ReadonlyMap<string, Accepted>,
  dropped: ReadonlySet<string>,
  objects: AsyncIterable<Kept> | Iterable<Kept>,
): Promise<Verdict> {
  const wrong: string[] = [];
  const keys = new Map<string, string>();
  const numbers = new Map<string, string>();
  const streams = new Map<string, number>();
  for (const face of accepted.values()) {
    const other = numbers.get(place(face));
    if (other !== undefined && other !== face.id)
      wrong.push(`${place(face)} is both ${other} and ${face.id}`);
    numbers.set(place(face), face.id);
    if (face.stream !== undefined)
      streams.set(face.stream, Math.max(streams.get(face.stream) ?? 0, face.seq));
  }
  for await (const object of objects) {
    const { key, id, stream, seq, faults } = object;
    for (const fault of faults) wrong.push(`${key}: ${fault}`);
    const twin = keys.get(id);
    if (twin !== undefined) wrong.push(`${id} is under ${twin} and ${key}`);
    keys.set(id, key);
    const known = numbers.get(place(object));
    if (known !== undefined && known !== id)
      wrong.push(`${place(object)} is ${known}, and ${id} in the bucket`);
    if (!streams.has(stream)) wrong.push(`${key} is of the stream ${stream}, which nobody began`);
    numbers.set(place(object), id);
    streams.set(stream, Math.max(streams.get(stream) ?? 0, seq));
  }
  const absent = [...accepted.values()].filter(({ id }) => !keys.has(id));
  for (const [stream, last] of streams) {
    for (let seq = 1; seq <= last; seq++) {
      if (!numbers.has(place({ stream, seq }))) absent.push({ id: 'of no line', stream, seq });
    }
  }
  const lost = absent.filter((face) => !dropped.has(place(face)));
  return {
    accepted: keys.size + absent.length,
    stored: keys.size,
    dropped: absent.length - lost.length,
    lost,
    wrong,
  };
}
