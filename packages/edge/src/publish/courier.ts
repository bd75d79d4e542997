import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { expectMembers, FacepipeError, systemClock, unlessAborted } from '@facepipe/service';
import { type DeadFace, decodeReceipt, type Link } from '@facepipe/wire';
import { Once } from '../capture/once.js';
import type { SpooledFace } from '../spool/face.js';
import type { Entry } from '../spool/ledger.js';
import type { Spool } from '../spool/spool.js';
import { PublishQueue, type PublishQueueOptions } from './publish-queue.js';

export interface CourierOptions extends Omit<PublishQueueOptions, 'pause'> {
  /** The broker's name in the spool. */
  broker: string;
  spool: Spool;
  onEvent?: (event: CourierEvent) => void;
}

export type CourierEvent =
  | { type: 'published'; face: SpooledFace; broker: string }
  /** Nobody subscribes; told once, until somebody does. */
  | { type: 'noSubscribers'; topic: string; broker: string }
  | { type: 'subscribed'; topic: string; broker: string }
  /** The broker did not take a face; `first` of a row. */
  | { type: 'retry'; error: Error; first: boolean; broker: string }
  /** No receipts come; told once, until one does. */
  | { type: 'silent'; faces: number; broker: string }
  | { type: 'receipts'; broker: string }
  | { type: 'dead'; id: string; seq: number; reason: string; broker: string }
  | { type: 'stray'; error: Error; broker: string };

/** What one broker took, over this run. */
export interface CourierTotals {
  /** Faces it acknowledged, each counted once. */
  published: number;
  /** Faces published once more since their receipts were late. */
  republished: number;
  /** Publishes that nobody subscribed to. */
  unrouted: number;
  /** Faces whose receipts came. */
  stored: number;
  /** Faces that a receipt says will never be stored. */
  dead: number;
}

/** What no repetition can mend: the broker will say the same next time. */
const hopeless = {
  FACEPIPE_E_TOO_LARGE: 'too-large',
  FACEPIPE_E_TOPIC: 'unsendable',
  FACEPIPE_E_PROPERTY: 'unsendable',
} as const;
const reasonOf = (error: Error) =>
  error instanceof FacepipeError && Object.hasOwn(hopeless, error.code)
    ? hopeless[error.code as keyof typeof hopeless]
    : undefined;

/** A broker on a slow line answers when it can; a dead connection is the link's to notice. Milliseconds. */
const publishTimeout = 5 * 60_000;

/** Carries faces from the spool to one broker, for as long as it takes; what the broker has is freed for it. */
export class Courier {
  readonly broker: string;
  readonly totals: CourierTotals = { published: 0, republished: 0, unrouted: 0, stored: 0, dead: 0 };
  readonly #options: CourierOptions;
  readonly #spool: Spool;
  readonly #queue: PublishQueue<Entry>;
  readonly #stop = new AbortController();
  /** Published since they were accepted, and still in the spool: they count once. */
  readonly #counted: Once;
  #link: Link | undefined;
  #turn = Promise.resolve();
  #noSubscribers = false;
  #silent = false;
  #wake = (): void => {};
  #running: Promise<unknown> | undefined;

  constructor(options: CourierOptions) {
    expectMembers('options', options, { broker: 'text', spool: 'object' });
    const { broker, spool } = options;
    this.#options = options;
    this.broker = broker;
    this.#spool = spool;
    this.#counted = new Once((seq) => {
      const [owed] = spool.pending(broker, seq - 1);
      return owed?.seq === seq;
    });
    // every face on its way listens to it
    setMaxListeners(0, this.#stop.signal);
    this.#queue = new PublishQueue(
      {
        get seq() {
          return spool.seq;
        },
        pending: (after) => spool.pending(broker, after),
      },
      options,
    );
  }

  /** Faces and bytes the broker has still to get. */
  get owed(): { faces: number; bytes: number } {
    return this.#spool.stats().brokers.get(this.broker) ?? { faces: 0, bytes: 0 };
  }

  /** Publishes that wait for the broker's answer. */
  get inflight(): number {
    return this.#queue.inflight;
  }

  /** Faces that wait for receipts. */
  get awaitingReceipt(): number {
    return this.#queue.awaitingReceipt;
  }

  /** Begins to carry over `link`, whenever that is connected. */
  start(link: Link): void {
    this.#link = link;
    this.#running ??= Promise.all([this.#work(), this.#watch()]);
  }

  /** The link is connected, once more. */
  connected(): void {
    this.#queue.connected();
    this.#wake();
  }

  /** A receipt came by this broker: what is stored behind one broker says nothing about another's. */
  async receive(payload: Buffer): Promise<void> {
    try {
      const { ids, dead } = decodeReceipt(payload);
      this.#queue.receiptArrived(performance.now());
      for (const id of ids) {
        const seq = this.#spool.seqOf(id);
        if (seq !== undefined && this.#free(seq)) this.totals.stored++;
      }
      for (const face of dead) await this.#bury(face);
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      this.#options.onEvent?.({ type: 'stray', error, broker: this.broker });
    }
    this.#wake();
  }

  /** Resolves once the broker has all it is owed, or `signal` comes. */
  async drained(signal: AbortSignal): Promise<void> {
    while (this.owed.faces > 0 && !signal.aborted) await systemClock.sleep(20, signal);
  }

  /** Takes nothing more from the spool; what is on its way stays the link's until that is closed. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const changed = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const now = performance.now();
      const next = this.#link?.connected ? this.#queue.next(now) : undefined;
      this.#listen();
      if (next) {
        void this.#carry(next.face, next.again);
        continue;
      }
      const patience = new AbortController();
      const wait = this.#link?.connected ? this.#queue.wakeAt() - now : Number.POSITIVE_INFINITY;
      if (Number.isFinite(wait)) void systemClock.sleep(wait, patience.signal).then(this.#wake);
      await changed;
      patience.abort();
    }
  }

  /** Tells once that no receipts come, and once that they do again. */
  #listen(): void {
    const { silent, awaitingReceipt: faces } = this.#queue;
    if (silent === this.#silent) return;
    this.#silent = silent;
    const { broker } = this;
    this.#options.onEvent?.(silent ? { type: 'silent', faces, broker } : { type: 'receipts', broker });
  }

  /** Wakes the work when a face is stored. */
  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    for (let last = this.#spool.seq; !signal.aborted; last = this.#spool.seq) {
      await this.#spool.beyond(last, signal);
      this.#wake();
    }
  }

  async #carry({ seq }: Entry, again: boolean): Promise<void> {
    const { signal } = this.#stop;
    try {
      const face = await this.#inTurn(this.#spool.load(seq));
      if (!face) return this.#done(seq);
      const answer = await unlessAborted(this.#publish(face), signal);
      if (!answer) return;
      if (again) this.totals.republished++;
      this.#answered(seq, face, answer.routed);
    } catch (cause) {
      if (!signal.aborted) this.#failed(seq, cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      this.#wake();
    }
  }

  /** Several are read from the disk at a time, and go in the order they were chosen. */
  async #inTurn<T>(loading: Promise<T>): Promise<T> {
    const turn = Promise.allSettled([loading, this.#turn]).then(() => {});
    this.#turn = turn;
    await turn;
    return loading;
  }

  async #publish(face: SpooledFace): Promise<{ routed: boolean } | undefined> {
    return this.#link?.publish(face, { timeout: publishTimeout });
  }

  #answered(seq: number, face: SpooledFace, routed: boolean): void {
    const { onEvent } = this.#options;
    const { broker } = this;
    const { topic } = face;
    const free = this.#queue.acknowledged(seq, routed, performance.now());
    if (!routed) this.totals.unrouted++;
    if (routed === this.#noSubscribers)
      onEvent?.({ type: routed ? 'subscribed' : 'noSubscribers', topic, broker });
    this.#noSubscribers = !routed;
    if (!routed) return;
    if (this.#counted.count(seq)) {
      this.totals.published++;
      onEvent?.({ type: 'published', face, broker });
    }
    if (free) this.#free(seq);
  }

  #failed(seq: number, error: Error): void {
    const reason = reasonOf(error);
    if (reason !== undefined) {
      this.#done(seq);
      this.#spool.abandon(this.broker, seq, reason);
      return;
    }
    const first = !this.#queue.stalled;
    this.#queue.failed(seq, performance.now());
    this.#options.onEvent?.({ type: 'retry', error, first, broker: this.broker });
  }

  /** A receipt says that this face will never be stored; one of other bytes under its id says nothing of it. */
  async #bury({ id, reason, sha256 }: DeadFace): Promise<void> {
    const seq = this.#spool.seqOf(id);
    const face = seq === undefined ? undefined : await this.#spool.load(seq);
    if (seq === undefined || !face) return;
    if (createHash('sha256').update(face.payload).digest('hex') !== sha256) return;
    if (!this.#free(seq)) return;
    this.totals.dead++;
    this.#options.onEvent?.({ type: 'dead', id, seq, reason, broker: this.broker });
  }

  /** The broker is owed the face no more. False when it was not. */
  #free(seq: number): boolean {
    this.#done(seq);
    return this.#spool.settle(this.broker, seq);
  }

  #done(seq: number): void {
    this.#queue.done(seq);
    this.#counted.forget(seq);
  }
}
