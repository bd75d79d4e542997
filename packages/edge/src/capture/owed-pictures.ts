import type { Clock } from '@facepipe/service';
import type { OwedFace } from '../visit/owed-file.js';
import type { OwedFolder } from '../visit/owed-folder.js';
import type { VisitPicture } from '../visit/visits.js';
import { type Context, contextsOf } from './context.js';
import type { Taken, UnnumberedFacts } from './face-store.js';

export interface OwedPicturesOptions {
  folder: Pick<OwedFolder, 'keep' | 'storing' | 'release'>;
  /** The disk refused: told for the first of a row. */
  onUnkept?: ((error: Error) => void) | undefined;
  clock: Clock;
}

/** What a visit would send if it ended now. */
export interface OwedVisitPicture {
  /** ULID. */
  visit: string;
  picture: VisitPicture;
  facts: UnnumberedFacts;
}

/** How often the disk is given the best pictures so far, ms. */
const keepEvery = 1000;
/** Of the time, the part that is spent on contexts which nobody may ever need: others want the detector too. */
const contextShare = 0.2;

/** Gives the disk the best pictures so far, one time after the other; a context follows when there has been time. */
export class OwedPictures {
  readonly #options: OwedPicturesOptions;
  readonly #contexts = new WeakMap<VisitPicture, Context>();
  #dueAt = Number.NEGATIVE_INFINITY;
  #keeping: Promise<void> | undefined;
  #contextAt = Number.NEGATIVE_INFINITY;
  #making: Promise<void> | undefined;
  #unkept = false;
  /** Who waits for the next write. */
  #waiting: (() => void)[] = [];

  constructor(options: OwedPicturesOptions) {
    this.#options = options;
  }

  /** Makes the next `keep` write, and resolves once it has, or was refused. */
  written(): Promise<void> {
    this.#hasten();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** At most once a second, unless hastened. @param owed what open visits owe now, asked for where it is written */
  keep(owed: () => readonly OwedVisitPicture[]): void {
    const now = this.#options.clock.elapsed();
    if (this.#keeping || now < this.#dueAt) return;
    this.#dueAt = now + keepEvery;
    const pictures = owed();
    const waiting = this.#waiting.splice(0);
    const faces = pictures.map(({ visit, picture, facts }): [string, OwedFace] => {
      const context = this.#contexts.get(picture);
      return [visit, { pixels: picture.pixels, facts, ...(context && { context }) }];
    });
    this.#keeping = this.#told(this.#options.folder.keep(new Map(faces))).finally(() => {
      this.#keeping = undefined;
      for (const resolve of waiting) resolve();
    });
    this.#makeContexts(pictures.map(({ picture }) => picture));
  }

  /** For what is stored of a visit. @param frame number of the frame that the picture is from */
  taken(visit: string, frame: number): Taken {
    return (identity, kind) => this.#told(this.#options.folder.storing(visit, identity, frame, kind));
  }

  /** The visit owes nothing more. */
  release(visit: string): Promise<void> {
    return this.#told(this.#options.folder.release(visit));
  }

  /** Resolves once nothing is being written; nobody waits for more. */
  async settled(): Promise<void> {
    await this.#making;
    await this.#keeping;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Makes the next `keep` write, whenever the last one did. */
  #hasten(): void {
    this.#dueAt = Number.NEGATIVE_INFINITY;
  }

  #makeContexts(pictures: readonly VisitPicture[]): void {
    const { clock } = this.#options;
    const begun = clock.elapsed();
    const missing = pictures.filter((picture) => picture.whole && !this.#contexts.has(picture));
    if (this.#making || begun < this.#contextAt || missing.length === 0) return;
    this.#making = this.#makeThem(missing).finally(() => {
      const now = clock.elapsed();
      this.#contextAt = now + (now - begun) * (1 / contextShare - 1);
      this.#making = undefined;
    });
  }

  async #makeThem(pictures: readonly VisitPicture[]): Promise<void> {
    try {
      for (const [picture, context] of await contextsOf(pictures)) this.#contexts.set(picture, context);
      this.#hasten();
    } catch {
      // it is made again when the picture is sent, and then the reason is told
    }
  }

  async #told(change: Promise<void>): Promise<void> {
    try {
      await change;
      this.#unkept = false;
    } catch (error) {
      const { onUnkept } = this.#options;
      if (!this.#unkept) onUnkept?.(error instanceof Error ? error : new Error(String(error)));
      this.#unkept = true;
    }
  }
}
