import type { SinkEvent, Totals } from '@facepipe/cloud';
import type { ForwardEvent, ForwardTotals } from '@facepipe/edge/forward';
import { systemClock } from '@facepipe/service';
import { type Feed, reasonOf } from '@facepipe/view';
import { claimedId, type OutgoingMessage } from '@facepipe/wire';

export interface LineFeedOptions {
  feed: Feed;
  /** URL of the cloud's broker, and of the store. */
  cloud: string;
  store: string;
}

/** The names of the hops behind the edge broker on the page. */
const forwarding = 'forward';
const cloudBroker = 'cloud';
const sinking = 'sink';
const storing = 'store';

/** Tells the page what forwarder and sink tell. */
export class LineFeed {
  readonly #feed: Feed;
  #lag: number | null = null;

  constructor({ feed, cloud, store }: LineFeedOptions) {
    this.#feed = feed;
    feed.hop({ hop: forwarding, title: 'Forwarder' });
    feed.hop({ hop: cloudBroker, title: 'Cloud broker', detail: cloud });
    feed.hop({ hop: sinking, title: 'Sink' });
    feed.hop({ hop: storing, title: 'Store', detail: store });
    feed.chart({ chart: 'forwarded', hop: forwarding, title: 'Forwarded', unit: 'faces/s' }, true);
    feed.chart({ chart: 'received', hop: sinking, title: 'Received', unit: 'faces/s' }, true);
    feed.chart({ chart: 'objects', hop: storing, title: 'Stored', unit: 'faces/s' }, true);
    feed.chart({ chart: 'store lag', hop: storing, title: 'From camera to store', unit: 'ms' });
  }

  forward(event: ForwardEvent): void {
    const feed = this.#feed;
    switch (event.type) {
      case 'forwarded':
        feed.hop({ hop: forwarding, state: 'up' });
        feed.hop({ hop: cloudBroker, state: 'up' });
        void this.#forwarded(event.device, event.message);
        break;
      case 'online':
        if (event.side === 'to') feed.hop({ hop: cloudBroker, state: 'up' });
        feed.hop({ hop: forwarding, state: 'up' });
        break;
      case 'offline':
        if (event.side === 'to') feed.hop({ hop: cloudBroker, state: 'down', ...reasonOf(event.error) });
        feed.hop({ hop: forwarding, state: 'degraded', ...reasonOf(event.error) });
        break;
      case 'retry':
        feed.hop({ hop: forwarding, state: 'degraded', ...reasonOf(event.error) });
        break;
      case 'no-subscribers':
        feed.hop({
          hop: cloudBroker,
          state: 'degraded',
          ...reasonOf(event.error),
        });
        break;
    }
  }

  sink(event: SinkEvent): void {
    const feed = this.#feed;
    switch (event.type) {
      case 'stored':
      case 'duplicate':
        this.#lag = event.lag ?? this.#lag;
        feed.hop({ hop: storing, state: 'up' });
        feed.step(event.id, 'stored', { key: event.key });
        break;
      case 'dead':
        feed.dead(event.id, event.reason);
        break;
      case 'store-up':
        feed.hop({ hop: storing, state: 'up' });
        break;
      case 'store-down':
        feed.hop({ hop: storing, state: 'down', ...reasonOf(event.error) });
        break;
      case 'online':
        feed.hop({ hop: sinking, state: 'up' });
        break;
      case 'offline':
        feed.hop({ hop: sinking, state: 'degraded', ...reasonOf(event.error) });
        break;
    }
  }

  /** The embedded broker speaks MQTT 3.1.1, without user properties: the image says who it is. */
  async #forwarded(device: string, { payload, userProperties = {} }: OutgoingMessage): Promise<void> {
    const at = systemClock.now();
    const id = await claimedId({ payload, userProperties }, device);
    if (id !== undefined) this.#feed.step(id, 'forwarded', { at });
  }

  /** Tells the counts as they are, and returns those of the charts. */
  sample(forward: ForwardTotals, sink: Totals): Record<string, number | null> {
    const feed = this.#feed;
    const { forwarded, receipts } = forward;
    const { received, stored, duplicates, dead } = sink;
    feed.hop({ hop: forwarding, counts: { forwarded, receipts } });
    feed.hop({ hop: sinking, counts: { received, duplicates, dead } });
    feed.hop({ hop: storing, counts: { stored } });
    return { forwarded, received, objects: stored, 'store lag': this.#lag };
  }
}
