import { type Clock, systemClock } from '@facepipe/service';
import { encodeVisit, fillTopic, type Link, topics, type VisitMessage } from '@facepipe/wire';

export interface VisitSenderOptions {
  /** The device. */
  name: string;
  link: Pick<Link, 'connected' | 'publish'>;
  /** Default the system's. */
  clock?: Clock | undefined;
}

/** Events that may wait for the broker's answer. */
const maxUnderWay = 1000;
/** For that answer, as long as for a face's: a broker on a slow line answers when it can. Milliseconds. */
const publishTimeout = 5 * 60_000;
/** Connections that an event is sent again on: a broker may hang up on what its access rules forbid. */
const maxRepetitions = 2;
/** How long nothing is sent after one for which connections were lost, ms, and how long at most when it goes on. */
const shortestRest = 60_000;
const longestRest = 3_600_000;

interface Event {
  repetitions: number;
  readonly given: AbortController;
}

/**
 * Tells one broker of visits while it is there. They are news: what happens while it is offline is counted and not
 * kept, and no face waits for them.
 */
export class VisitSender {
  readonly #link: VisitSenderOptions['link'];
  readonly #clock: Clock;
  readonly #topic: string;
  readonly #underWay = new Set<Event>();
  #missed = 0;
  #rests = 0;
  #restsUntil = 0;

  /** @throws FACEPIPE_E_TOPIC */
  constructor({ name, link, clock = systemClock }: VisitSenderOptions) {
    this.#link = link;
    this.#clock = clock;
    this.#topic = fillTopic(topics.visits, { device: name });
  }

  /** Events that the broker did not get. */
  get missed(): number {
    return this.#missed;
  }

  /** Never throws. */
  send(message: VisitMessage): void {
    const free = this.#link.connected && this.#underWay.size < maxUnderWay;
    if (!free || this.#clock.elapsed() < this.#restsUntil) {
      this.#missed++;
      return;
    }
    const event: Event = { repetitions: 0, given: new AbortController() };
    this.#underWay.add(event);
    void this.#publish(message, event.given.signal)
      .then(
        () => {
          this.#rests = 0;
        },
        () => {
          this.#missed++;
        },
      )
      .finally(() => this.#underWay.delete(event));
  }

  /** The link is connected, once more, and has sent again what is in flight. */
  connected(): void {
    const stuck = [...this.#underWay].filter((event) => ++event.repetitions > maxRepetitions);
    if (stuck.length === 0) return;
    for (const { given } of stuck) given.abort(new Error('connections were lost for it'));
    this.#restsUntil = this.#clock.elapsed() + Math.min(longestRest, shortestRest * 4 ** this.#rests);
    this.#rests++;
  }

  async #publish(message: VisitMessage, signal: AbortSignal): Promise<void> {
    const payload = encodeVisit(message);
    await this.#link.publish(
      { topic: this.#topic, payload, qos: 1, contentType: 'application/json' },
      { timeout: publishTimeout, signal },
    );
  }
}
