import { type FileHandle, open, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a face is. */
export interface Place {
  segment: number;
  offset: number;
  bytes: number;
}

/** Where the last face written ends. */
export interface Written {
  segment: number;
  end: number;
}

/** Size at which a file gets no more faces. */
export const segmentBytes = 8 * 2 ** 20;

const name = (segment: number): string => `segment-${String(segment).padStart(8, '0')}`;

/**
 * The faces themselves, one after the other in files that are only ever appended to, and removed as a whole: written
 * once, and given back to the disk without needing room for it. What is where in them is the index's business.
 */
export class Segments {
  readonly #folder: string;
  /** By number. */
  readonly #sizes: Map<number, number>;
  #next: number;
  #current: { segment: number; handle: FileHandle } | undefined;

  private constructor(folder: string, sizes: Map<number, number>) {
    this.#folder = folder;
    this.#sizes = sizes;
    this.#next = Math.max(0, ...sizes.keys()) + 1;
  }

  static async open(folder: string): Promise<Segments> {
    const sizes = new Map<number, number>();
    for (const file of await readdir(folder)) {
      const number = /^segment-(\d+)$/.exec(file)?.[1];
      if (number !== undefined) sizes.set(Number(number), (await stat(join(folder, file))).size);
    }
    // an old file may end in half a face: none is ever continued
    return new Segments(folder, sizes);
  }

  /** Bytes of each, by number. */
  get sizes(): ReadonlyMap<number, number> {
    return this.#sizes;
  }

  /** The end of the last of them; undefined where there is none. */
  get end(): Written | undefined {
    if (this.#sizes.size === 0) return undefined;
    const segment = Math.max(...this.#sizes.keys());
    return { segment, end: this.#sizes.get(segment) ?? 0 };
  }

  /** No number comes again: an index of an earlier moment may point to one. */
  continueAfter(segment: number): void {
    this.#next = Math.max(this.#next, segment + 1);
  }

  /** Bytes in all of them. */
  get bytes(): number {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  /** Those that get no more faces, with their sizes. */
  *finished(): Generator<[segment: number, size: number]> {
    for (const [segment, size] of this.#sizes) if (segment !== this.#current?.segment) yield [segment, size];
  }

  /** Writes the faces and syncs them. After an error they are nowhere, and the next go to a new file. */
  async append(faces: readonly Buffer[]): Promise<Place[]> {
    let begun: Written | undefined;
    try {
      const { segment, handle } = await this.#writable();
      let offset = this.#sizes.get(segment) ?? 0;
      begun = { segment, end: offset };
      let position = offset;
      const places = faces.map(({ length: bytes }) => {
        const place = { segment, offset, bytes };
        offset += bytes;
        return place;
      });
      let rest = Buffer.concat(faces);
      while (rest.length > 0) {
        const { bytesWritten } = await handle.write(rest, 0, rest.length, position);
        position += bytesWritten;
        rest = rest.subarray(bytesWritten);
      }
      await handle.datasync();
      this.#sizes.set(segment, offset);
      return places;
    } catch (error) {
      await this.finish();
      if (begun) await this.retract(begun);
      throw error;
    }
  }

  /**
   * What is beyond the end was never promised, and is not to be found again; it stays where the disk does not let go.
   */
  async retract({ segment, end }: Written): Promise<void> {
    if (this.#current?.segment === segment) await this.finish();
    const cut = await truncate(join(this.#folder, name(segment)), end).then(
      () => true,
      () => false,
    );
    if (cut) this.#sizes.set(segment, end);
  }

  /** All bytes of one file. */
  readWhole(segment: number): Promise<Buffer> {
    return readFile(join(this.#folder, name(segment)));
  }

  /** The bytes at a place; undefined when they are not there. */
  async read({ segment, offset, bytes }: Place): Promise<Buffer | undefined> {
    let handle: FileHandle;
    try {
      handle = await open(join(this.#folder, name(segment)));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(bytes), 0, bytes, offset);
      return bytesRead === bytes ? buffer : undefined;
    } finally {
      await handle.close();
    }
  }

  async remove(segments: readonly number[]): Promise<void> {
    for (const segment of segments) {
      await rm(join(this.#folder, name(segment)), { force: true });
      this.#sizes.delete(segment);
    }
  }

  /** The file being written gets no more faces. */
  async finish(): Promise<void> {
    const { handle } = this.#current ?? {};
    this.#current = undefined;
    await handle?.close();
  }

  async #writable(): Promise<{ segment: number; handle: FileHandle }> {
    if (this.#current && (this.#sizes.get(this.#current.segment) ?? 0) >= segmentBytes) await this.finish();
    if (this.#current) return this.#current;
    const segment = this.#next++;
    this.#current = { segment, handle: await open(join(this.#folder, name(segment)), 'wx', 0o600) };
    this.#sizes.set(segment, 0);
    await syncFolder(this.#folder);
    return this.#current;
  }
}

/** Makes a new file's name as durable as its bytes. */
async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing, and needs none
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
