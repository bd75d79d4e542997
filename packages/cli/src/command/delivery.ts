import type { Latency } from '@facepipe/edge/capture/latency';
import { Courier, type CourierEvent } from '@facepipe/edge/publish/courier';
import { Losses } from '@facepipe/edge/publish/losses';
import type { Post } from '@facepipe/edge/publish/post';
import { openSpool } from '@facepipe/edge/spool/open';
import { type DroppedRange, joinRanges } from '@facepipe/edge/spool/range';
import type { Spool } from '@facepipe/edge/spool/spool';
import { systemClock } from '@facepipe/service';
import type { CommandOptions } from '../parse/command.js';
import type { Session } from './session.js';
import { tellRepair } from './spool-repair.js';

/** How long the end of a capture waits for its brokers, ms. */
const drainTimeout = 8000;
/** For a status on the way, ms. */
const farewell = 1000;
/** Ranges in a status; the older ones were in the statuses before. */
const mostTold = 100;

export type DeliveryFlags = Pick<
  CommandOptions<'capture'>,
  'until' | 'receipt-timeout' | 'spool-max' | 'spool-ttl' | 'backlog-share'
> &
  Partial<Pick<CommandOptions<'capture'>, 'spool-full'>>;

/** The spool of a capture and the couriers that empty it. */
export class Delivery {
  readonly folder: string;
  readonly spool: Spool;
  readonly couriers: readonly Courier[];
  readonly losses: Losses;
  readonly #log: Session['log'];
  #full = false;
  /** Ranges that were dropped, as brokers were told in this run. */
  readonly #dropped = new Map<string, DroppedRange[]>();

  private constructor(
    folder: string,
    spool: Spool,
    couriers: readonly Courier[],
    losses: Losses,
    log: Session['log'],
  ) {
    this.folder = folder;
    this.spool = spool;
    this.couriers = couriers;
    this.losses = losses;
    this.#log = log;
  }

  /** @throws what `openSpool` throws */
  static async open(
    folder: string,
    brokers: readonly string[],
    flags: DeliveryFlags & { live: boolean },
    { log }: Session,
    latency?: Latency,
  ): Promise<Delivery> {
    const losses = new Losses();
    const spool = await openSpool(folder, {
      brokers,
      maxBytes: flags['spool-max'],
      ttl: flags['spool-ttl'],
      full: flags['spool-full'] ?? (flags.live ? 'drop-oldest' : 'stop'),
      onDrop: losses.add,
    });
    const onEvent = logCourier(log, latency);
    const { until, 'receipt-timeout': receiptTimeout, 'backlog-share': backlogShare, live } = flags;
    const couriers = brokers.map(
      (broker) => new Courier({ broker, spool, until, receiptTimeout, backlogShare, live, onEvent }),
    );
    const { faces, brokers: owed } = spool.stats();
    for (const [broker, amount] of owed) {
      if (amount.faces === 0 || brokers.includes(broker)) continue;
      log.warn(`${plural(amount.faces)} for ${broker}, which is no broker of this run, until --spool-ttl`);
    }
    if (faces > 0) log.info(`${plural(faces)} of an earlier run in ${folder}`);
    tellRepair(log, folder, spool);
    return new Delivery(folder, spool, couriers, losses, log);
  }

  /** Faces that every broker acknowledged in this run. */
  get published(): number {
    return Math.min(...this.couriers.map(({ totals }) => totals.published));
  }

  /** Faces whose receipts came by every broker. */
  get stored(): number {
    return Math.min(...this.couriers.map(({ totals }) => totals.stored));
  }

  /** Copies of faces that are dead letters. */
  get dead(): number {
    return this.couriers.reduce((sum, { totals }) => sum + totals.dead, 0);
  }

  /** Says which faces were dropped, in the log, and in the status of the broker that was owed them, if it is there. */
  async tellLosses(posts: readonly Post[]): Promise<void> {
    for (const { broker, from, to, reason } of this.losses.takeUntold()) {
      const which = from === to ? `face ${from}` : `faces ${from} to ${to}`;
      const stream = this.spool.streamOf(from);
      this.#log.error(`dropped ${which} of stream ${stream} for ${broker}: ${reasons[reason]}`);
    }
    const { full } = this.spool.stats();
    if (full && !this.#full) this.#log.warn(`the spool ${this.folder} is full: faces wait for room in it`);
    this.#full = full;
    const present = posts.filter(({ connected }) => connected);
    await Promise.all(present.map((post) => this.#tell(post)));
  }

  async #tell(post: Post): Promise<void> {
    const { broker } = post.courier;
    const announce = async (ranges: DroppedRange[]) => {
      const told = joinRanges([...(this.#dropped.get(broker) ?? []), ...ranges]);
      this.#dropped.set(broker, told.slice(-mostTold));
      if (!(await post.announce(farewell))) throw new Error('it comes with the next status');
    };
    await this.spool.takeDropped(broker, announce).catch((error) => this.#log.debug(error.message));
  }

  /** What a broker's status says of its losses. */
  droppedFor(broker: string): { stream: string; from: number; to: number; reason: string }[] {
    return (this.#dropped.get(broker) ?? []).map(({ from, to, reason }) => {
      return { stream: this.spool.streamOf(from), from, to, reason };
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.couriers.map((courier) => courier.stop()));
    await this.spool.close();
  }

  /** Waits for the brokers, at most `drainTimeout`; what is left waits for the next run, and that is said. */
  async drain(): Promise<void> {
    const deadline = new AbortController();
    const late = systemClock.sleep(drainTimeout, deadline.signal).then(() => deadline.abort());
    await Promise.all(this.couriers.map((courier) => courier.drained(deadline.signal)));
    deadline.abort();
    await late;
    const { faces } = this.spool.stats();
    if (faces > 0) this.#log.warn(`${plural(faces)} in ${this.folder} for the next run`);
  }
}

const plural = (faces: number): string => (faces === 1 ? '1 face waits' : `${faces} faces wait`);

const reasons: Record<DroppedRange['reason'], string> = {
  full: 'the spool had no room (--spool-max is reached, or its disk is full)',
  expired: 'they waited longer than --spool-ttl',
  damaged: 'the disk gave back other bytes',
  'too-large': 'it takes only smaller messages',
  unsendable: 'it does not take such a message',
};

function logCourier(log: Session['log'], latency: Latency | undefined): (event: CourierEvent) => void {
  return (event) => {
    const { broker } = event;
    switch (event.type) {
      case 'published': {
        const { captured } = event.face.userProperties ?? {};
        if (captured !== undefined) latency?.observe(new Date(captured));
        return;
      }
      case 'noSubscribers':
        return log.warn(
          `nobody subscribes to ${event.topic} at ${broker}: faces are kept, and sent once somebody does`,
        );
      case 'subscribed':
        return log.info(`somebody subscribes to ${event.topic} at ${broker}`);
      case 'retry':
        return log[event.first ? 'warn' : 'debug'](`${event.error.message} The face is kept.`);
      case 'silent':
        return log.warn(
          `no receipts come from ${broker}: is there a sink? Its faces are kept, and one is sent again now and then`,
        );
      case 'receipts':
        return log.info(`receipts come from ${broker} again`);
      case 'dead':
        return log.error({ id: event.id, seq: event.seq, reason: event.reason }, 'a face is a dead letter');
      case 'stray':
        return log.warn(event.error.message);
    }
  };
}
