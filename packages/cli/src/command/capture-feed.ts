import type { Capture, CaptureEvent } from '@facepipe/edge/capture';
import { systemClock } from '@facepipe/service';
import { type Feed, pictureOf, reasonOf, samples } from '@facepipe/view';
import { factsFromFields, type OutgoingMessage, type Status } from '@facepipe/wire';

/** The names of a capture's hops on the page. */
const camera = 'camera';
const capturing = 'capture';
const spooling = 'spool';

export interface CaptureFeedOptions {
  feed: Feed;
  /** The device. */
  name: string;
  /** Of the camera, for the page. */
  source: string;
  version: string;
  /** Names of the brokers in the spool. */
  brokers: readonly string[];
  /** Whether faces wait for receipts. */
  receipts: boolean;
}

/** How often the counts on the page are those of now, ms. */
const every = 1000;

/** Tells the page what a capture tells. */
export class CaptureFeed {
  readonly #options: CaptureFeedOptions;
  readonly #since = systemClock.now();
  /** Of each face, the brokers that do not have it yet; of one broker nothing is remembered. */
  readonly #missing = new Map<string, Set<string>>();
  #lag: number | null = null;
  #away: string | undefined;

  constructor(options: CaptureFeedOptions) {
    this.#options = options;
    const { feed, source, brokers, name } = options;
    feed.hop({ hop: camera, title: 'Camera', detail: source });
    feed.hop({ hop: capturing, title: 'Capture', detail: name });
    feed.hop({ hop: spooling, title: 'Spool' });
    for (const broker of brokers) feed.hop({ hop: hopOf(broker), title: 'Edge broker', detail: broker });
    feed.chart({ chart: 'frames', hop: camera, title: 'Frames', unit: 'frames/s' }, true);
    feed.chart({ chart: 'skipped', hop: camera, title: 'Frames skipped', unit: 'frames/s' }, true);
    feed.chart({ chart: 'captured', hop: capturing, title: 'Pictures', unit: 'faces/s' }, true);
    feed.chart({ chart: 'visits', hop: capturing, title: 'Visits now', unit: 'visits' });
    feed.chart({ chart: 'spooled', hop: spooling, title: 'In the spool', unit: 'faces' });
    feed.chart({ chart: 'lost', hop: spooling, title: 'Dropped', unit: 'faces/s' }, true);
    for (const broker of brokers) {
      const hop = hopOf(broker);
      feed.chart({ chart: `published ${hop}`, hop, title: 'Published', unit: 'faces/s' }, true);
      feed.chart({ chart: `owed ${hop}`, hop, title: 'Waiting for it', unit: 'faces' });
    }
    const [first] = brokers;
    if (first !== undefined)
      feed.chart({ chart: 'lag', hop: hopOf(first), title: 'From camera to broker', unit: 'ms' });
  }

  /** What happens; says nothing on its own. */
  take(event: CaptureEvent): void {
    const { feed, name } = this.#options;
    switch (event.type) {
      case 'face':
        this.#face(event.message);
        feed.step(event.face.id, 'spooled');
        break;
      case 'visit':
        feed.visit(name, event.visit);
        break;
      case 'published':
        this.#published(event.broker, event.face);
        break;
      case 'stored':
        feed.step(event.id, 'receipt');
        break;
      case 'dead':
        feed.dead(event.id, event.reason);
        break;
      case 'source-away':
        this.#away = event.error.message;
        feed.hop({ hop: camera, state: 'down', ...reasonOf(event.error) });
        break;
      case 'source-back':
        this.#away = undefined;
        feed.hop({ hop: camera, state: 'up' });
        break;
      case 'refused':
        feed.hop({ hop: spooling, state: 'degraded', ...reasonOf(event.error) });
        break;
      case 'full':
        feed.hop({
          hop: spooling,
          state: 'degraded',
          reason: 'It is full: faces wait for room in it.',
        });
        break;
      case 'connected':
      case 'subscribed':
      case 'receipts':
        feed.hop({ hop: hopOf(event.broker), state: 'up' });
        break;
      case 'away':
        feed.hop({
          hop: hopOf(event.broker),
          state: 'down',
          ...reasonOf(event.error),
        });
        break;
      case 'no-subscribers':
        this.#degraded(event.broker, `Nobody subscribes to ${event.topic}: faces are kept.`);
        break;
      case 'silent':
        this.#degraded(event.broker, 'No receipts come: is there a sink? Faces are kept.');
        break;
    }
  }

  /** Follows the counts until it is stopped. Returns how to. */
  follow(running: Capture, more: () => Record<string, number | null> = () => ({})): () => void {
    let ticks = 0;
    const tick = () => {
      this.#count(running);
      const points = { ...this.#sample(running), ...more() };
      if (ticks++ % (samples.every / every) === 0) this.#options.feed.sample(points);
    };
    tick();
    const timer = setInterval(tick, every);
    return () => clearInterval(timer);
  }

  #degraded(broker: string, reason: string): void {
    this.#options.feed.hop({ hop: hopOf(broker), state: 'degraded', reason });
  }

  #face(message: OutgoingMessage): void {
    const { payload, contentType = 'image/png', userProperties = {} } = message;
    const facts = factsFromFields(userProperties);
    // the frame around a face is no face
    if (facts.kind === 'context') return;
    const { feed } = this.#options;
    feed.face({ ...pictureOf(facts), payload: { bytes: payload, contentType } });
    feed.step(facts.id, 'captured', { at: facts.captured.getTime() });
  }

  #published(broker: string, message: Omit<OutgoingMessage, 'retain'>): void {
    const { feed, brokers } = this.#options;
    const { id, captured } = message.userProperties ?? {};
    if (id === undefined) return;
    // of an earlier run
    if (!feed.picture(id)) this.#face(message);
    if (captured !== undefined) this.#lag = systemClock.now() - Date.parse(captured);
    if (brokers.length > 1) {
      const missing = this.#missing.get(id) ?? new Set(brokers);
      missing.delete(broker);
      if (missing.size > 0) {
        this.#missing.set(id, missing);
        const [oldest] = this.#missing.keys();
        if (this.#missing.size > 10_000 && oldest !== undefined) this.#missing.delete(oldest);
        return;
      }
      this.#missing.delete(id);
    }
    feed.step(id, 'edge');
  }

  #count(running: Capture): void {
    const { feed, name, version } = this.#options;
    const { totals, brokers, active } = running;
    const { frames, skipped, corrupt, still, captured, visits, refused, spooled, lost } = totals;
    if (frames > 0 && this.#away === undefined) feed.hop({ hop: camera, state: 'up' });
    feed.hop({ hop: camera, counts: { frames, skipped, corrupt, still } });
    feed.hop({ hop: capturing, state: 'up', counts: { pictures: captured, visits, refused } });
    feed.hop({ hop: spooling, counts: { waiting: spooled, dropped: lost } });
    if (running.ready === undefined) feed.hop({ hop: spooling, state: 'up' });
    for (const { broker, totals: counts, owed } of brokers) {
      const { published, stored, dead } = counts;
      const receipts = this.#options.receipts && { receipts: stored, dead };
      feed.hop({ hop: hopOf(broker), counts: { published, waiting: owed.faces, ...receipts } });
    }
    const status: Status = {
      state: this.#away === undefined ? 'online' : 'offline',
      ...(this.#away !== undefined && { reason: this.#away }),
      instance: running.stream,
      version,
      since: new Date(this.#since).toISOString(),
      uptime: (systemClock.now() - this.#since) / 1000,
      totals: { ...totals },
      rates: {},
      active,
    };
    feed.status(name, status);
  }

  #sample({ totals, brokers, active }: Capture): Record<string, number | null> {
    const { frames, skipped, captured, spooled, lost } = totals;
    const ofBrokers = brokers.map(({ broker, totals: { published }, owed }) => ({
      [`published ${hopOf(broker)}`]: published,
      [`owed ${hopOf(broker)}`]: owed.faces,
    }));
    const counts = { frames, skipped, captured, spooled, lost, visits: active, lag: this.#lag };
    return Object.assign(counts, ...ofBrokers);
  }
}

const hopOf = (broker: string): string => `edge ${broker}`;
