import { backoff } from '@facepipe/service';

/** What is known of a face that a broker is owed. */
export interface Owed {
  readonly seq: number;
  readonly bytes: number;
}

/** Where faces wait, oldest first. */
export interface PendingFaces<T extends Owed> {
  /** The seq of the youngest face there ever was. */
  readonly seq: number;
  /** What is owed, from after a seq on. */
  pending(after: number): Iterable<T>;
}

export interface PublishQueueOptions {
  /** `acked`: the broker's acknowledgement frees a face; `stored`: a receipt does. */
  until: 'acked' | 'stored';
  /** Milliseconds a receipt may take. */
  receiptTimeout: number;
  /** Fraction of the window for the backlog while new ones wait, 0 to 1. */
  backlogShare: number;
  /** Faces come when they come, and the newest first; false: strictly in their order. */
  live: boolean;
  /** Milliseconds to wait after a refusal, by how often it was refused; default `backoff` with jitter. */
  pause?: (attempt: number) => number;
}

/** Faces that may wait for the broker's answer, and their bytes. */
const maxInflight = 64;
const maxInflightBytes = 64 * 2 ** 20;
/**
 * Faces that may wait for receipts. Well below the 1000 that a mosquitto queues for a subscriber before it drops
 * silently, repetitions and other devices included; the rest of the spool waits here, where the disk is ours.
 */
const maxAwaitingReceipt = 256;
/** A probe at least this often while no receipts come, milliseconds. */
const maxSilence = 5 * 60_000;

interface Sent {
  readonly bytes: number;
  readonly backlog: boolean;
  /** When it was published first, and last. */
  readonly first: number;
  readonly since: number;
  /** How long its receipt may take from then on. */
  readonly timeout: number;
  /** Not for the first time: its receipt may be that of an earlier copy. */
  readonly again: boolean;
  /** A receipt came of a face all of whose copies were published after this one's: this one's are lost, not late. */
  overtaken: boolean;
}

/**
 * What to publish next to one broker. No I/O and no clock: everything takes the time it is.
 *
 * - New faces go as they come; what was left from before the connection is the backlog, oldest first, which takes only
 *   its share of the window while new faces wait.
 * - A face the broker would not take, or that nobody subscribed to, is kept. From then on one face, the oldest, tries
 *   again after a growing pause, and the others wait for it.
 * - A face whose receipt is late is published again if receipts of others have come meanwhile. Where none come at all
 *   the sink is offline, and only one face goes again, after pauses that double up to five minutes.
 * - Late receipts may mean a slow line, which copies would only make slower: from then on receipts may take twice as
 *   long, until one of a face that was published once has told how long they do take (as TCP does it, RFC 6298, 5). A
 *   line keeps the order: where receipts of younger faces have come, the copies are lost (in the queue of a sink that
 *   is gone, say), and waiting longer would help nobody.
 */
export class PublishQueue<T extends Owed> {
  readonly #faces: PendingFaces<T>;
  readonly #options: PublishQueueOptions;
  readonly #pause: (attempt: number) => number;
  /** Published, not answered by the broker. */
  readonly #inflight = new Map<number, Sent>();
  /** Acknowledged by the broker, without a receipt; in the order they were published. */
  readonly #awaitingReceipt = new Map<number, Sent>();
  #inflightBytes = 0;
  #backlogSent = 0;
  /** Faces up to here were looked at: as new ones, and as backlog. */
  #newest = 0;
  #oldest = 0;
  #stall: { attempt: number; until: number; probe?: number } | undefined;
  #lastReceipt = 0;
  /** How long receipts of what is published now may take, and when that may be doubled next. */
  #timeout: number;
  #nextDoubt = 0;
  /** When receipts came again after a silence. */
  #soundSince = 0;
  #probes = 0;
  #nextProbe = 0;

  constructor(faces: PendingFaces<T>, options: PublishQueueOptions) {
    this.#faces = faces;
    this.#options = options;
    this.#timeout = options.receiptTimeout;
    this.#pause = options.pause ?? ((attempt) => backoff(attempt, Math.random()));
  }

  /** Faces that wait for the broker's answer. */
  get inflight(): number {
    return this.#inflight.size;
  }

  /** Faces that wait for a receipt. */
  get awaitingReceipt(): number {
    return this.#awaitingReceipt.size;
  }

  /** Receipts are late, and none comes at all. */
  get silent(): boolean {
    return this.#probes > 0;
  }

  /** Faces wait for somebody to take them: the broker or a subscriber. */
  get stalled(): boolean {
    return this.#stall !== undefined;
  }

  /** The broker is there (again): what came without it is backlog now. */
  connected(): void {
    this.#stall = undefined;
    this.#moveOn();
  }

  /** The face to publish now; it counts as sent. */
  next(now: number): { face: T; again: boolean } | undefined {
    if (this.#full) return undefined;
    if (this.#stall) {
      if (now < this.#stall.until) return undefined;
      const face = this.#backlog();
      if (face) this.#stall.probe = face.seq;
      else this.#stall = undefined;
      return face && this.#send(face, true, now);
    }
    const late = this.#late(now);
    if (late) {
      this.#awaitingReceipt.delete(late.face.seq);
      this.#backlogSent -= late.backlog ? 1 : 0;
      return this.#send(late.face, late.backlog, now, late.first);
    }
    const { until, backlogShare, live } = this.#options;
    const room = until === 'stored' ? maxAwaitingReceipt : maxInflight;
    if (this.#inflight.size + this.#awaitingReceipt.size >= room) return undefined;
    if (live && this.#faces.seq - this.#newest > room) this.#moveOn();
    const fresh = live ? this.#first(this.#newest) : undefined;
    const old = this.#backlog();
    if (old && (!fresh || this.#backlogSent < backlogShare * room)) return this.#send(old, true, now);
    if (!fresh) return undefined;
    this.#newest = fresh.seq;
    return this.#send(fresh, false, now);
  }

  /** Nothing goes before something lands. */
  get #full(): boolean {
    if (this.#stall) return this.#inflight.size > 0;
    return this.#inflight.size >= maxInflight || this.#inflightBytes >= maxInflightBytes;
  }

  /** When `next` may have something without anything happening; Infinity: never. */
  wakeAt(): number {
    if (this.#full) return Number.POSITIVE_INFINITY;
    if (this.#stall) return this.#stall.until;
    return Math.min(...[...this.#awaitingReceipt.values()].map((sent) => this.#dueAt(sent)));
  }

  /** The broker acknowledged the face, and told whether anybody subscribes. True: it needs the broker no more. */
  acknowledged(seq: number, routed: boolean, now: number): boolean {
    const sent = this.#land(seq);
    if (!routed) {
      this.#refused(seq, now);
      return false;
    }
    this.#stall = undefined;
    if (this.#options.until === 'acked') return true;
    if (sent) {
      this.#awaitingReceipt.set(seq, { ...sent, since: now, timeout: this.#timeout });
      this.#backlogSent += sent.backlog ? 1 : 0;
    }
    return false;
  }

  /** The broker did not take the face; it is tried again. */
  failed(seq: number, now: number): void {
    this.#land(seq);
    this.#refused(seq, now);
  }

  /** The face is done with, whatever it was waiting for. */
  done(seq: number): void {
    this.#land(seq);
    const sent = this.#awaitingReceipt.get(seq);
    if (!sent) return;
    this.#awaitingReceipt.delete(seq);
    this.#backlogSent -= sent.backlog ? 1 : 0;
    if (this.#lastReceipt >= sent.since) this.#learn(sent);
  }

  /** From a face whose receipt came. */
  #learn({ first, since, again }: Sent): void {
    // a receipt over a silence tells how long that was, not the line
    if (!again && since >= this.#soundSince) this.#timeout = this.#twice(this.#lastReceipt - since);
    for (const sent of this.#awaitingReceipt.values())
      if (sent.first < first && sent.since < since) sent.overtaken = true;
  }

  /** A receipt came, of whichever faces. */
  receiptArrived(now: number): void {
    if (this.#probes > 0) this.#soundSince = now;
    this.#lastReceipt = now;
    this.#probes = 0;
    this.#nextProbe = 0;
  }

  #moveOn(): void {
    if (this.#options.live) this.#newest = this.#faces.seq;
  }

  /** Twice a time, within what a receipt may take. */
  #twice(time: number): number {
    const { receiptTimeout } = this.#options;
    return Math.max(receiptTimeout, Math.min(2 * time, maxSilence));
  }

  #send(face: T, backlog: boolean, now: number, first?: number): { face: T; again: boolean } {
    const [again, timeout] = [first !== undefined, this.#timeout];
    const sent = { first: first ?? now, since: now, timeout, again, overtaken: false };
    this.#inflight.set(face.seq, { bytes: face.bytes, backlog, ...sent });
    this.#inflightBytes += face.bytes;
    this.#backlogSent += backlog ? 1 : 0;
    return { face, again };
  }

  #land(seq: number): Sent | undefined {
    const sent = this.#inflight.get(seq);
    if (!sent) return undefined;
    this.#inflight.delete(seq);
    this.#inflightBytes -= sent.bytes;
    this.#backlogSent -= sent.backlog ? 1 : 0;
    return sent;
  }

  #refused(seq: number, now: number): void {
    const { attempt = 0, probe } = this.#stall ?? {};
    const next = probe === seq ? attempt + 1 : attempt;
    this.#stall = { attempt: next, until: now + this.#pause(next) };
    this.#oldest = Math.min(this.#oldest, seq - 1);
  }

  /** The first face after a seq that is not on its way. */
  #first(after: number): T | undefined {
    for (const face of this.#faces.pending(after))
      if (!this.#inflight.has(face.seq) && !this.#awaitingReceipt.has(face.seq)) return face;
    return undefined;
  }

  #backlog(): T | undefined {
    const face = this.#first(this.#oldest);
    if (this.#options.live && (!face || face.seq > this.#newest)) {
      this.#oldest = this.#newest;
      return undefined;
    }
    if (face) this.#oldest = face.seq - 1;
    return face;
  }

  #dueAt({ since, timeout }: Sent): number {
    const { receiptTimeout } = this.#options;
    // none has come since: as good as nobody there
    if (this.#lastReceipt < since) return Math.max(since + receiptTimeout, this.#nextProbe);
    return Math.max(since, this.#soundSince) + Math.min(timeout, this.#timeout);
  }

  /** A face that has waited too long for its receipt. */
  #late(now: number): { face: T; backlog: boolean; first: number } | undefined {
    for (const [seq, sent] of this.#awaitingReceipt) {
      if (now < this.#dueAt(sent)) continue;
      const [face] = this.#faces.pending(seq - 1);
      if (face?.seq !== seq) {
        this.done(seq);
        continue;
      }
      if (this.#lastReceipt < sent.since) {
        this.#probes += 1;
        this.#nextProbe = now + Math.min(this.#options.receiptTimeout * 2 ** this.#probes, maxSilence);
      } else if (now >= this.#nextDoubt) {
        if (!sent.overtaken) this.#timeout = this.#twice(this.#timeout);
        this.#nextDoubt = now + this.#timeout;
      }
      return { face, backlog: sent.backlog, first: sent.first };
    }
    return undefined;
  }
}
