import {
  type Clock,
  type Deferred,
  deferred,
  expectMembers,
  FacepipeError,
  systemClock,
} from '@facepipe/service';
import {
  fillTopic,
  type Link,
  type LinkOptions,
  openLink,
  redact,
  topics,
  type VisitMessage,
} from '@facepipe/wire';
import { type DroppedRange, joinRanges } from '../spool/range.js';
import type { Spool } from '../spool/spool.js';
import { FaceSender } from './face-sender.js';
import type { PublishQueueOptions } from './publish-queue.js';
import type { PublisherEvent, PublisherTotals, Told } from './publisher-event.js';
import { assertNameFree, outageTimeout, type StatusPublisher } from './status-publisher.js';
import { VisitSender } from './visit-sender.js';

export interface PublisherOptions extends Omit<PublishQueueOptions, 'pause'> {
  /** The device. */
  name: string;
  /** The broker's name in the spool. */
  broker: string;
  spool: Spool;
  /** URL, credentials, and a client id that nobody can guess. */
  link: LinkOptions & { clientId: string };
  status: StatusPublisher;
  onEvent?: (event: PublisherEvent) => void;
  /** Default the system's. */
  clock?: Clock;
}

/** How long a program waits for its broker before it begins without, ms. */
const greetingTimeout = 3000;
/** For the last status, and for the link to close, ms. */
const farewellTimeout = 1000;
/** Ranges in a status; the older ones were in the statuses before. */
const maxTold = 100;

/**
 * One broker of a capture: carries faces from the spool to it, for as long as it takes, frees for it what it has, and
 * tells it the status. It may be away when the capture starts.
 */
export class Publisher {
  readonly broker: string;
  /** Resolves when the broker is there, has failed for the first time, or has kept us waiting for 3 s. */
  readonly greeted: Promise<unknown>;
  readonly #options: PublisherOptions;
  readonly #clock: Clock;
  readonly #spool: Spool;
  readonly #link: Link;
  readonly #sender: FaceSender;
  readonly #visits: VisitSender;
  readonly #stop = new AbortController();
  readonly #ended: Deferred<FacepipeError> = deferred();
  readonly #greeted: Deferred<void> = deferred();
  readonly #subscribing: Promise<void>;
  /** Ranges that were dropped, as the broker was told in this run. */
  #dropped: readonly DroppedRange[] = [];
  #reached = false;

  /** @throws FACEPIPE_E_ARGUMENT, and what `openLink` throws */
  constructor(options: PublisherOptions) {
    expectMembers('options', options, { broker: 'text', name: 'text', spool: 'object', link: 'object' });
    const { broker, spool, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    this.broker = broker;
    this.#spool = spool;
    this.#link = this.#open();
    void this.#link.ended.then(this.#ended.resolve);
    this.#sender = new FaceSender({ ...options, link: this.#link });
    this.#visits = new VisitSender({ ...options, link: this.#link });
    this.greeted = Promise.race([
      this.#greeted.promise,
      this.#clock.sleep(greetingTimeout, this.#stop.signal),
    ]);
    void this.#watchName();
    this.#subscribing = this.#subscribe().catch((error) => {
      if (this.#stop.signal.aborted) return;
      this.#ended.resolve(error);
      this.#greeted.resolve();
    });
  }

  get totals(): Readonly<PublisherTotals> {
    return this.#sender.totals;
  }

  /** Resolves with what nothing will fix: the login is refused, or the receipts are. */
  get ended(): Promise<FacepipeError> {
    return this.#ended.promise;
  }

  /** Without userinfo. */
  get url(): string {
    return this.#link.url;
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  /** Whether it was ever connected. */
  get reached(): boolean {
    return this.#reached;
  }

  /** See Link.contention. */
  get contention(): FacepipeError | undefined {
    return this.#link.contention;
  }

  /** Bytes of the largest message the broker takes. */
  get maximumPacketSize(): number {
    return this.#link.maximumPacketSize;
  }

  /** Faces and bytes the broker has still to get. */
  get owed(): { faces: number; bytes: number } {
    return this.#spool.stats().brokers.get(this.broker) ?? { faces: 0, bytes: 0 };
  }

  /** Publishes that wait for the broker's answer. */
  get inflight(): number {
    return this.#sender.inflight;
  }

  /** Faces that wait for receipts. */
  get awaitingReceipt(): number {
    return this.#sender.awaitingReceipt;
  }

  /** Events of visits that the broker did not get: it was away, refused them, or had 1000 to acknowledge. */
  get visitsMissed(): number {
    return this.#visits.missed;
  }

  /**
   * Tells the broker what happens to a visit, in order, with QoS 1, if it is there: what it misses is counted and not
   * kept. Never throws.
   */
  visit(message: VisitMessage): void {
    this.#visits.send(message);
  }

  /** Publishes the status as it is now. Resolves with whether the broker has it. */
  async announce(timeout: number): Promise<boolean> {
    if (!this.#link.connected) return false;
    const said = this.#link.publish(this.#options.status.here(this.#droppedFaces), { timeout });
    return said.then(
      () => true,
      () => false,
    );
  }

  /** Tells the broker, in its status, which faces it never gets since it was told last. */
  async announceDropped(): Promise<void> {
    if (!this.#link.connected) return;
    const announce = async (ranges: DroppedRange[]) => {
      this.#dropped = joinRanges([...this.#dropped, ...ranges]).slice(-maxTold);
      if (!(await this.announce(farewellTimeout))) throw new Error('it comes with the next status');
    };
    await this.#spool
      .takeDropped(this.broker, announce)
      .catch((error) => this.#tell({ type: 'untold', error }));
  }

  /** Resolves once the broker has all it is owed, or `signal` comes. */
  async drained(signal: AbortSignal): Promise<void> {
    while (this.owed.faces > 0 && !signal.aborted) await this.#clock.sleep(20, signal);
  }

  /**
   * Takes nothing more, says good-bye, and lets go of what is not acknowledged: a face is in the spool, and an event
   * of a visit has had a second.
   */
  async close(): Promise<void> {
    const timeout = farewellTimeout;
    this.#stop.abort();
    await this.#sender.stop();
    const gone = this.#options.status.gone(this.#droppedFaces);
    if (this.#link.connected) await this.#link.publish(gone, { timeout }).catch(() => {});
    await this.#link.close({ timeout });
    await this.#subscribing;
  }

  get #droppedFaces(): { stream: string; from: number; to: number; reason: string }[] {
    return this.#dropped.map(({ from, to, reason }) => ({
      stream: this.#spool.streamOf(from),
      from,
      to,
      reason,
    }));
  }

  get #awaitsReceipts(): boolean {
    return this.#options.until === 'stored';
  }

  #tell(event: Told): void {
    this.#options.onEvent?.({ ...event, broker: this.broker });
  }

  #open(): Link {
    const { link, status } = this.#options;
    return openLink({
      ...link,
      // receipts wait in the broker while this is offline
      clean: !this.#awaitsReceipts,
      publishTimeout: outageTimeout,
      will: status.gone([]),
      onConnect: async (connected) => {
        this.#reached = true;
        this.#visits.connected();
        await connected.publish(status.here(this.#droppedFaces));
        this.#tell({ type: 'connected', url: redact(link.url) });
        this.#sender.connected();
        this.#greeted.resolve();
      },
      onDisconnect: (error) => {
        this.#tell({ type: 'away', error });
        this.#greeted.resolve();
      },
    });
  }

  async #subscribe(): Promise<void> {
    if (!this.#awaitsReceipts) return;
    const topic = fillTopic(topics.stored, { device: this.#options.name });
    await this.#link.subscribe(topic, ({ payload }) => this.#sender.receive(payload));
  }

  /** Two of one name do each other no harm, but their faces are filed as those of one device. */
  async #watchName(): Promise<void> {
    const { name, status } = this.#options;
    const free = assertNameFree(this.#link, name, status.instance, this.#stop.signal, this.#clock);
    await free.catch((error) => {
      // who may not read the status is not told
      if (!(error instanceof FacepipeError) || error.code !== 'FACEPIPE_E_NAME_TAKEN') return;
      this.#tell({ type: 'name-taken', error });
    });
  }
}
