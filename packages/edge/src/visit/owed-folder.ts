import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PictureKind } from '@facepipe/wire';
import type { FaceIdentity } from '../spool/write-queue.js';
import { decodeOwed, encodeOwed, type OwedFace } from './owed-file.js';

/** Beside the faces of a spool. */
const owedFolderName = 'visits';

const pictureOf = /^([0-9A-HJKMNP-TV-Z]{26})\.picture$/;

/** What was found of a visit that a crash cut off. */
export interface CutOff extends OwedFace {
  /** ULID of the visit. */
  visit: string;
  /** ULID of the face where that is in the spool, and only its context is not. */
  of?: string;
}

/** The number under which something of a visit is stored, as it is on the disk. */
interface StoredNumber extends FaceIdentity {
  /** Number of the frame the picture is from. */
  frame: number;
}

/**
 * The best picture so far of each open visit, on the disk: a crash must lose no visit. `{visit}.picture` is what the
 * visit would send if it ended now; `{visit}.number`, written just before that goes into the spool, tells its number
 * there, so that it is not stored twice; `{visit}.context` the same of its context. One change at a time, in their
 * order.
 */
export class OwedFolder {
  readonly folder: string;
  /** By visit, the picture that is on the disk. */
  readonly #kept = new Map<string, OwedFace>();
  #last: Promise<void> = Promise.resolve();

  /** @param spool the folder of the spool */
  constructor(spool: string) {
    this.folder = join(spool, owedFolderName);
  }

  /**
   * Visits that an earlier run left open, and whose pictures are not in the spool.
   * @param stored whether the spool has ever stored a face of this number
   * @returns also how many files could not be read; they are deleted
   */
  async recover(
    stored: (identity: Pick<FaceIdentity, 'stream' | 'seq'>) => boolean,
  ): Promise<{ cutOff: CutOff[]; damaged: number }> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const names = await readdir(this.folder);
    const cutOff: CutOff[] = [];
    let damaged = 0;
    for (const name of names.sort()) {
      const visit = pictureOf.exec(name)?.[1];
      if (visit === undefined) continue;
      const number = await this.#numberOf(visit, 'number');
      const around = await this.#numberOf(visit, 'context');
      const owed = decodeOwed(await readFile(join(this.folder, name)));
      const isStored = number !== undefined && stored(number);
      // what was sent may be a newer picture than the one here
      const isOwed = owed?.context && number?.frame === owed.facts.frame && !(around && stored(around));
      if (owed && (!isStored || isOwed)) {
        this.#kept.set(visit, owed);
        cutOff.push({ visit, ...owed, ...(isStored && { of: number.id }) });
        continue;
      }
      if (!isStored) damaged++;
      await this.#remove(visit);
    }
    for (const name of names) if (!pictureOf.test(name)) await this.#sweep(name);
    return { cutOff, damaged };
  }

  /** Makes the disk have what open visits owe, and nothing else but what is being stored. Rejects as the disk does. */
  keep(owed: ReadonlyMap<string, OwedFace>): Promise<void> {
    return this.#after(async () => {
      for (const [visit, face] of owed) {
        const kept = this.#kept.get(visit);
        if (kept?.pixels === face.pixels && kept.context === face.context) continue;
        await this.#write(`${visit}.picture`, encodeOwed(face));
        this.#kept.set(visit, face);
      }
    });
  }

  /** Called before a visit's picture, or its context, is stored under that number. @param frame the picture is from */
  storing(visit: string, identity: FaceIdentity, frame: number, kind?: PictureKind): Promise<void> {
    return this.#after(async () => {
      const { id, stream, seq } = identity;
      const number: StoredNumber = { id, stream, seq, frame };
      if (this.#kept.has(visit)) await this.#write(`${visit}.${kind ?? 'number'}`, JSON.stringify(number));
    });
  }

  /** The visit owes nothing more: its picture is in the spool, or could not be kept there. */
  release(visit: string): Promise<void> {
    return this.#after(async () => {
      if (!this.#kept.delete(visit)) return;
      await this.#remove(visit);
    });
  }

  #after(change: () => Promise<void>): Promise<void> {
    const done = this.#last.then(change);
    this.#last = done.catch(() => {});
    return done;
  }

  async #write(name: string, bytes: Buffer | string): Promise<void> {
    const file = join(this.folder, name);
    await writeFile(`${file}.tmp`, bytes, { flush: true, mode: 0o600 });
    await rename(`${file}.tmp`, file);
  }

  /** The picture first: a number alone is nothing. */
  async #remove(visit: string): Promise<void> {
    for (const kind of ['picture', 'number', 'context'])
      await rm(join(this.folder, `${visit}.${kind}`), { force: true });
  }

  async #numberOf(visit: string, kind: 'number' | 'context'): Promise<StoredNumber | undefined> {
    try {
      const number: StoredNumber = JSON.parse(await readFile(join(this.folder, `${visit}.${kind}`), 'utf8'));
      return typeof number.stream === 'string' && Number.isSafeInteger(number.seq) ? number : undefined;
    } catch {
      return undefined;
    }
  }

  /** What a crash left half written, and numbers without pictures. */
  async #sweep(name: string): Promise<void> {
    const visit = /^([0-9A-HJKMNP-TV-Z]{26})\.(number|context|(picture|number|context)\.tmp)$/.exec(
      name,
    )?.[1];
    if (visit && (name.endsWith('.tmp') || !this.#kept.has(visit)))
      await rm(join(this.folder, name), { force: true });
  }
}
