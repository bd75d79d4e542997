import { nextId } from './next-id.js';

/** Who a face is: given before it is encoded, since the image carries it in its metadata. */
export interface FaceIdentity {
  /** ULID. */
  id: string;
  /** ULID of the spool. */
  stream: string;
  /** 1, 2, 3 … within the stream. */
  seq: number;
}

/** Makes the face of that identity; is called again, with a lower seq, when a face before it fails. */
export type Encode<T> = (identity: FaceIdentity) => Promise<T>;

interface Slot<T> {
  readonly encode: Encode<T>;
  readonly resolve: (identity: FaceIdentity) => void;
  readonly reject: (reason: unknown) => void;
  readonly impatient: () => boolean;
  identity: FaceIdentity;
  /** Counts the calls of `encode`: only the last one's outcome matters. */
  run: number;
  encoded?: T;
}

/** A face that is encoded, with every face before it. */
export interface Ready<T> {
  readonly identity: FaceIdentity;
  readonly encoded: T;
  /** It would rather be refused than wait for room. */
  readonly impatient: boolean;
}

/**
 * Faces being encoded, several at once, in the order of their seqs. One that fails gives its seq back: those after it
 * move up by one and are encoded again, since the seq is in their bytes. That is rare, and leaves no hole.
 */
export class WriteQueue<T> {
  readonly stream: string;
  readonly #onReady: () => void;
  readonly #slots: Slot<T>[] = [];
  /** One listener each, however many faces come with it. */
  readonly #watched = new WeakSet<AbortSignal>();
  #seq: number;
  #id: string;

  /** @param seq, id the last ones that were stored */
  constructor(stream: string, seq: number, id: string, onReady: () => void) {
    this.stream = stream;
    this.#seq = seq;
    this.#id = id;
    this.#onReady = onReady;
  }

  /** Faces neither stored nor refused yet. */
  get size(): number {
    return this.#slots.length;
  }

  /** Resolves once the face is stored; rejects when it is refused or cannot be encoded. */
  add(encode: Encode<T>, signal?: AbortSignal): Promise<FaceIdentity> {
    if (signal && !this.#watched.has(signal)) {
      this.#watched.add(signal);
      signal.addEventListener('abort', this.#onReady, { once: true });
    }
    return new Promise((resolve, reject) => {
      this.#id = nextId(this.#id);
      const identity = { id: this.#id, stream: this.stream, seq: ++this.#seq };
      const impatient = (): boolean => signal?.aborted ?? false;
      const slot: Slot<T> = { encode, resolve, reject, impatient, identity, run: 0 };
      this.#slots.push(slot);
      void this.#run(slot);
    });
  }

  /** Those that can be written now: encoded, and all before them too. */
  *ready(): Generator<Ready<T>, void> {
    for (const { identity, encoded, impatient } of this.#slots) {
      if (encoded === undefined) return;
      yield { identity, encoded, impatient: impatient() };
    }
  }

  /** The first `count` are stored. */
  stored(count: number): void {
    for (const { identity, resolve } of this.#slots.splice(0, count)) resolve(identity);
  }

  /** The first `count` are refused, and their seqs go to those after them. */
  refuse(count: number, reason: unknown): void {
    const refused = this.#slots.splice(0, count);
    this.#moveUp(0, refused.length);
    for (const { reject } of refused) reject(reason);
  }

  async #run(slot: Slot<T>): Promise<void> {
    const run = ++slot.run;
    slot.encoded = undefined;
    try {
      const encoded = await slot.encode(slot.identity);
      if (slot.run !== run) return;
      slot.encoded = encoded;
      this.#onReady();
    } catch (error) {
      if (slot.run === run) this.#fail(slot, error);
    }
  }

  #fail(slot: Slot<T>, reason: unknown): void {
    const place = this.#slots.indexOf(slot);
    this.#slots.splice(place, 1);
    this.#moveUp(place, 1);
    slot.reject(reason);
    this.#onReady();
  }

  #moveUp(from: number, by: number): void {
    this.#seq -= by;
    for (const slot of this.#slots.slice(from)) {
      slot.identity = { ...slot.identity, seq: slot.identity.seq - by };
      void this.#run(slot);
    }
  }
}
