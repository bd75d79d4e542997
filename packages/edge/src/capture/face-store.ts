import { type Clock, FacepipeError, systemClock } from '@facepipe/service';
import type { FaceFacts, ImageFormat, OutgoingMessage, PictureKind, Pixels, QoS } from '@facepipe/wire';
import type { Spool } from '../spool/spool.js';
import type { FaceIdentity } from '../spool/write-queue.js';
import type { Context } from './context.js';
import { encodeToFit, type Fitted } from './fit.js';

export interface FaceStoreOptions {
  spool: Pick<Spool, 'append'>;
  /** Of the faces, filled in. */
  topic: string;
  qos: QoS;
  format: ImageFormat;
  quality: number;
  /** Whether its source is a camera, which goes on; what is read from a file waits for room on the disk. */
  live: boolean;
  /** Most bytes of a message, as things stand; undefined: as many as it takes. */
  limit?: () => number | undefined;
  /** The face is in the spool. */
  onFace?: (face: FaceIdentity, message: OutgoingMessage) => void;
  /** The face is not; told for the first of a row of the same reason. */
  onRefused?: (reason: FacepipeError) => void;
  /** Such a row is over: these faces are lost. */
  onLost?: (lost: LostFaces) => void;
  clock?: Clock;
}

/** What is known of a face before it has a number. */
export type UnnumberedFacts = Omit<FaceFacts, keyof FaceIdentity>;

/** Told a number before something is stored under it. */
export type Taken = (identity: FaceIdentity, kind: PictureKind | undefined) => Promise<void>;

/** Faces in a row that could not be kept, by the frames they were in. */
export interface LostFaces {
  faces: number;
  from: number;
  to: number;
  reason: FacepipeError;
}

export interface StoreTotals {
  /** Pictures in the spool, each with an id and a seq of its own. */
  captured: number;
  /** Of these, contexts: whole frames that faces were in. */
  contexts: number;
  /** Faces found that could not be kept. */
  refused: number;
  /** Faces made smaller to fit into a message. */
  reduced: number;
}

/** Faces being encoded and stored at a time; beyond it the next frame waits. */
const maxAtOnce = 16;
/** Before a face of a file is tried again, where the disk refused it, ms. */
const pause = 1000;
/** How long the last faces may wait for room in the spool after the last frame, ms. */
const settleTimeout = 3000;
const diskErrors = new Set(['FACEPIPE_E_SPOOL_DISK_FULL', 'FACEPIPE_E_SPOOL_FAILED']);

/** Encodes faces into the spool, several at a time. */
export class FaceStore {
  readonly #options: FaceStoreOptions;
  readonly #clock: Clock;
  /** What has no room now is refused. */
  readonly #hurry = new AbortController();
  readonly #storing = new Set<Promise<unknown>>();
  readonly #totals: StoreTotals = { captured: 0, contexts: 0, refused: 0, reduced: 0 };
  #refusal: FacepipeError | undefined;
  #failure: { reason: unknown } | undefined;
  #lost: LostFaces | undefined;

  constructor(options: FaceStoreOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get totals(): Readonly<StoreTotals> {
    return this.#totals;
  }

  /** Why the last face was not kept; undefined once one was. */
  get refusal(): FacepipeError | undefined {
    return this.#refusal;
  }

  /** What was thrown that no face can be blamed for: nothing more can be stored. */
  get failure(): { reason: unknown } | undefined {
    return this.#failure;
  }

  /** Resolves once another face may be stored. */
  async room(): Promise<void> {
    while (this.#storing.size >= maxAtOnce) await Promise.race(this.#storing);
  }

  /**
   * Stores one face, and then its context where there is one. Never rejects.
   * @param taken told the number of each before it is stored under it, and again where the number changes
   * @param context asked for once the face is stored
   * @returns the face's, once both are stored; undefined where the face could not be kept
   */
  keep(
    pixels: Pixels,
    facts: UnnumberedFacts,
    taken?: Taken,
    context?: () => Promise<Context>,
  ): Promise<FaceIdentity | undefined> {
    return this.#track(async () => {
      const face = await this.#keep(pixels, facts, taken);
      if (face && context) await this.#keepContext(await context(), facts, face.id, taken);
      return face;
    });
  }

  /** Stores the context of a face that is stored already. Never rejects. @param of id of the face */
  keepContext(context: Context, facts: UnnumberedFacts, of: string, taken?: Taken): Promise<unknown> {
    return this.#track(() => this.#keepContext(context, facts, of, taken));
  }

  #track(store: () => Promise<FaceIdentity | undefined>): Promise<FaceIdentity | undefined> {
    const storing = store().catch((reason) => {
      this.#failure ??= { reason };
      return undefined;
    });
    this.#storing.add(storing);
    void storing.then(() => this.#storing.delete(storing));
    return storing;
  }

  #keepContext(
    { pixels, box }: Context,
    facts: UnnumberedFacts,
    of: string,
    taken?: Taken,
  ): Promise<FaceIdentity | undefined> {
    const { width, height } = pixels;
    return this.#keep(pixels, { ...facts, frameSize: { width, height }, box, kind: 'context', of }, taken);
  }

  /** Waits for what is being stored, a while for room in the spool. */
  async settle(): Promise<void> {
    const late = this.#clock.sleep(settleTimeout, this.#hurry.signal).then(() => this.#hurry.abort());
    await Promise.all(this.#storing);
    this.#hurry.abort();
    await late;
    this.#tellLost();
  }

  async #keep(pixels: Pixels, facts: UnnumberedFacts, taken?: Taken): Promise<FaceIdentity | undefined> {
    const { spool, live, limit, onFace, onRefused } = this.#options;
    for (;;) {
      // by the last call of `encode`, which may be called again
      let fitted = undefined as Fitted | undefined;
      const encode = async (identity: FaceIdentity) => {
        await taken?.(identity, facts.kind);
        const fitting = { ...this.#options, limit: limit?.() };
        const encoded = await encodeToFit(pixels, { ...facts, ...identity }, fitting);
        fitted = encoded;
        return encoded.message;
      };
      try {
        const face = await spool.append(encode, this.#hurry.signal);
        this.#totals.captured++;
        if (facts.kind === 'context') this.#totals.contexts++;
        if (fitted?.reduced) this.#totals.reduced++;
        this.#refusal = undefined;
        this.#tellLost();
        if (fitted) onFace?.(face, fitted.message);
        return face;
      } catch (error) {
        if (!(error instanceof FacepipeError)) throw error;
        if (error.code !== this.#refusal?.code) onRefused?.(error);
        this.#refusal = error;
        // a file waits for room on the disk; a camera goes on
        if (live || this.#hurry.signal.aborted || !diskErrors.has(error.code)) break;
        await this.#clock.sleep(pause, this.#hurry.signal);
      }
    }
    this.#totals.refused++;
    this.#lose(facts.frame);
    return undefined;
  }

  #lose(frame: number): void {
    const reason = this.#refusal;
    if (!reason) return;
    if (this.#lost?.reason.code !== reason.code) this.#tellLost();
    const { faces, from, to } = this.#lost ?? { faces: 0, from: frame, to: frame };
    this.#lost = { faces: faces + 1, from: Math.min(from, frame), to: Math.max(to, frame), reason };
  }

  #tellLost(): void {
    if (this.#lost) this.#options.onLost?.(this.#lost);
    this.#lost = undefined;
  }
}
