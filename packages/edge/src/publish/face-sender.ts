import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { type Clock, systemClock, unlessAborted } from '@facepipe/service';
import { type DeadFace, decodeReceipt, type Link } from '@facepipe/wire';
import type { SpooledFace } from '../spool/face.js';
import type { Spool } from '../spool/spool.js';
import type { SpoolEntry } from '../spool/spool-entry.js';
import { Once } from './once.js';
import { PublishQueue, type PublishQueueOptions } from './publish-queue.js';
import { hopelessReason, type PublisherEvent, type PublisherTotals, type Told } from './publisher-event.js';

export interface FaceSenderOptions extends Omit<PublishQueueOptions, 'pause'> {
  /** The broker's name in the spool. */
  broker: string;
  spool: Spool;
  link: Link;
  onEvent?: ((event: PublisherEvent) => void) | undefined;
  /** Default the system's. */
  clock?: Clock | undefined;
}

/** A broker on a slow line answers when it can; a dead connection is the link's to notice. Milliseconds. */
const publishTimeout = 5 * 60_000;

/** Sends faces from the spool over one link, whenever that is connected; what the broker has is freed for it. */
export class FaceSender {
  readonly totals: PublisherTotals = {
    published: 0,
    earlier: 0,
    republished: 0,
    unrouted: 0,
    stored: 0,
    dead: 0,
  };
  readonly #options: FaceSenderOptions;
  /** The last face of the runs before this one. */
  readonly #earlier: number;
  readonly #clock: Clock;
  readonly #queue: PublishQueue<SpoolEntry>;
  readonly #stop = new AbortController();
  /** Published since they were accepted, and still in the spool: they count once. */
  readonly #counted: Once;
  readonly #running: Promise<unknown>;
  #turn = Promise.resolve();
  #noSubscribers = false;
  #silent = false;
  #wake = (): void => {};

  constructor(options: FaceSenderOptions) {
    const { broker, spool, clock = systemClock } = options;
    this.#options = options;
    this.#earlier = spool.seq;
    this.#clock = clock;
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
    this.#running = Promise.all([this.#work(), this.#watch()]);
  }

  /** Publishes that wait for the broker's answer. */
  get inflight(): number {
    return this.#queue.inflight;
  }

  /** Faces that wait for receipts. */
  get awaitingReceipt(): number {
    return this.#queue.awaitingReceipt;
  }

  /** The link is connected, once more. */
  connected(): void {
    this.#queue.connected();
    this.#wake();
  }

  /** Takes nothing more from the spool; what is on its way stays the link's until that is closed. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }

  /** A receipt came by this broker: what is stored behind one broker says nothing about another's. */
  async receive(payload: Buffer): Promise<void> {
    try {
      const { ids, dead } = decodeReceipt(payload);
      this.#queue.receiptArrived(this.#clock.elapsed());
      for (const id of ids) {
        const seq = this.#options.spool.seqOf(id);
        if (seq === undefined || !this.#free(seq)) continue;
        this.totals.stored++;
        this.#tell({ type: 'stored', id, seq });
      }
      for (const face of dead) await this.#takeDead(face);
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      this.#tell({ type: 'stray', error });
    }
    this.#wake();
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const changed = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const now = this.#clock.elapsed();
      const next = this.#options.link.connected ? this.#queue.next(now) : undefined;
      this.#listen();
      if (next) {
        void this.#send(next.face, next.again);
        continue;
      }
      const waiting = new AbortController();
      const wait = this.#options.link.connected ? this.#queue.wakeAt() - now : Number.POSITIVE_INFINITY;
      if (Number.isFinite(wait)) void this.#clock.sleep(wait, waiting.signal).then(this.#wake);
      await changed;
      waiting.abort();
    }
  }

  /** Tells once that no receipts come, and once that they do again. */
  #listen(): void {
    const { silent, awaitingReceipt: faces } = this.#queue;
    if (silent === this.#silent) return;
    this.#silent = silent;
    this.#tell(silent ? { type: 'silent', faces } : { type: 'receipts' });
  }

  /** Wakes the work when a face is stored. */
  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    for (let last = this.#options.spool.seq; !signal.aborted; last = this.#options.spool.seq) {
      await this.#options.spool.beyond(last, signal);
      this.#wake();
    }
  }

  async #send({ seq }: SpoolEntry, again: boolean): Promise<void> {
    const { signal } = this.#stop;
    try {
      const face = await this.#inTurn(this.#options.spool.load(seq));
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

  async #publish(face: SpooledFace): Promise<{ routed: boolean }> {
    return this.#options.link.publish(face, { timeout: publishTimeout });
  }

  #answered(seq: number, face: SpooledFace, routed: boolean): void {
    const { topic } = face;
    const free = this.#queue.acknowledged(seq, routed, this.#clock.elapsed());
    if (!routed) this.totals.unrouted++;
    if (routed === this.#noSubscribers) this.#tell({ type: routed ? 'subscribed' : 'no-subscribers', topic });
    this.#noSubscribers = !routed;
    if (!routed) return;
    if (this.#counted.count(seq)) {
      this.totals.published++;
      if (seq <= this.#earlier) this.totals.earlier++;
      this.#tell({ type: 'published', face });
    }
    if (free) this.#free(seq);
  }

  #failed(seq: number, error: Error): void {
    const reason = hopelessReason(error);
    if (reason !== undefined) {
      this.#done(seq);
      this.#options.spool.abandon(this.#options.broker, seq, reason);
      return;
    }
    const first = !this.#queue.stalled;
    this.#queue.failed(seq, this.#clock.elapsed());
    this.#tell({ type: 'retry', error, first });
  }

  /** A receipt says that this face will never be stored; one of other bytes under its id says nothing of it. */
  async #takeDead({ id, reason, sha256 }: DeadFace): Promise<void> {
    const seq = this.#options.spool.seqOf(id);
    const face = seq === undefined ? undefined : await this.#options.spool.load(seq);
    if (seq === undefined || !face) return;
    if (createHash('sha256').update(face.payload).digest('hex') !== sha256) return;
    if (!this.#free(seq)) return;
    this.totals.dead++;
    this.#tell({ type: 'dead', id, seq, reason });
  }

  /** The broker is owed the face no more. False when it was not. */
  #free(seq: number): boolean {
    this.#done(seq);
    return this.#options.spool.settle(this.#options.broker, seq);
  }

  #tell(event: Told): void {
    this.#options.onEvent?.({ ...event, broker: this.#options.broker });
  }

  #done(seq: number): void {
    this.#queue.done(seq);
    this.#counted.forget(seq);
  }
}
