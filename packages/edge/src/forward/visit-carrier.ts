import type { Clock } from '@facepipe/service';
import { decodeVisit, type IncomingMessage, type Link, type OutgoingMessage } from '@facepipe/wire';
import type { ForwardEvent, ForwardTotals } from './event.js';
import { fateOf, isDecisive } from './fate.js';
import type { LinkPublisher } from './link-publisher.js';
import { Lru } from './lru.js';
import { Route, type RouteOptions } from './route.js';
import { cameThrough } from './via.js';

/** Events that may wait for the target's answer. */
const maxUnderWay = 1000;
/** Devices whose events cost a connection, remembered. */
const maxDevices = 1000;
/** Losses of the source's connection with an unanswered subscription, after which it is withdrawn for a while. */
const maxLosses = 2;
/**
 * Pauses before what cost a connection, or was refused as a subscription, is tried again, ms: above the link's 30 s.
 */
const shortest = 60_000;
const longest = 3_600_000;

const pauseAfter = (failures: number): number => Math.min(longest, shortest * 4 ** failures);

/**
 * What becomes of a topic of faces, or a filter, beside which those of visits are; undefined where there is no place.
 */
const beside = (topic: string): string | undefined =>
  topic.endsWith('/faces') ? topic.replace(/faces$/, 'visits') : undefined;

/**
 * The route of visits: that of faces with `visits` in the place of its last level, `faces`, on both sides. Undefined
 * where one of them ends otherwise.
 */
export function visitsRoute(faces: RouteOptions, sameBroker: boolean): Route | undefined {
  const [fromTopic, toTopic] = [beside(faces.fromTopic), beside(faces.toTopic)];
  if (fromTopic === undefined || toTopic === undefined) return undefined;
  return new Route({ fromTopic, toTopic, qos: 1 }, sameBroker);
}

export interface VisitCarrierOptions {
  readonly route: Route;
  /** What stands for this forwarder in what it carries. */
  readonly token: string;
  readonly from: Pick<Link, 'subscribe' | 'unsubscribe'>;
  /** Of the target. */
  readonly publisher: Pick<LinkPublisher, 'publish'>;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly totals: ForwardTotals;
  readonly onEvent: ((event: ForwardEvent) => void) | undefined;
}

/**
 * Carries what happens to visits. It is news: taken with QoS 0, so that it takes no room in the queue of the faces and
 * no face waits for it, and published once with QoS 1. What does not pass within the link's 30 s is counted.
 */
export class VisitCarrier {
  readonly #o: VisitCarrierOptions;
  /** By device, what cost a connection: how often, and until when nothing of it is tried. */
  readonly #resting = new Lru<string, { failures: number; until: number }>(maxDevices);
  /** Devices of which it was told that the target refuses their events. */
  readonly #told = new Lru<string, true>(maxDevices);
  #state: 'failed' | 'asked' | 'granted' = 'failed';
  /** Times it was asked for: an answer that is late belongs to an earlier one. */
  #asks = 0;
  #losses = 0;
  #failures = 0;
  #due = 0;
  #underWay = 0;

  constructor(options: VisitCarrierOptions) {
    this.#o = options;
  }

  /** Subscribes at the source, unless that is done or was refused lately. Nothing waits for its answer. */
  watch(): void {
    if (this.#state !== 'failed' || this.#o.clock.elapsed() < this.#due) return;
    const { from, route, onEvent } = this.#o;
    this.#state = 'asked';
    this.#losses = 0;
    this.#asks += 1;
    const asks = this.#asks;
    const failed = (error: Error) => {
      if (this.#asks !== asks) return;
      if (this.#state !== 'failed') this.#rest();
      onEvent?.({ type: 'stray', topic: route.filter, error });
    };
    const carry = async (message: IncomingMessage) => this.carry(message);
    from.subscribe(route.filter, carry, { qos: 0, onRefused: failed }).then(() => {
      if (this.#asks !== asks || this.#state !== 'asked') return;
      this.#state = 'granted';
      this.#failures = 0;
    }, failed);
  }

  /** To be called whenever the source's connection is lost: brokers may hang up on a subscription that they forbid. */
  sourceLost(): void {
    if (this.#state !== 'asked') return;
    this.#losses += 1;
    if (this.#losses < maxLosses) return;
    this.#rest();
    void this.#o.from.unsubscribe(this.#o.route.filter);
  }

  /** Never throws, and waits for nothing. */
  carry(message: IncomingMessage): void {
    const { route, token, totals } = this.#o;
    const { topic, payload, retain, userProperties } = message;
    // ours are not retained, and what came back has gone round
    if (retain || cameThrough(userProperties, token) || !decodeVisit(payload)) return;
    const device = route.deviceOf(topic);
    if (device === undefined) return;
    const { until = 0 } = this.#resting.get(device) ?? {};
    if (this.#underWay >= maxUnderWay || this.#o.clock.elapsed() < until) totals.visitsMissed += 1;
    else void this.#pass(message, device);
  }

  async #pass(message: IncomingMessage, device: string): Promise<void> {
    const { totals, onEvent } = this.#o;
    this.#underWay += 1;
    const error = await this.#send(message, device);
    this.#underWay -= 1;
    if (!error) {
      totals.visits += 1;
      this.#resting.delete(device);
      this.#told.delete(device);
      return;
    }
    totals.visitsMissed += 1;
    const fate = fateOf(error);
    // away or slow: the whole target is, and is told of by others
    if (fate.what === 'again') return;
    if (isDecisive(fate.error)) {
      const { failures = 0 } = this.#resting.get(device) ?? {};
      this.#resting.set(device, {
        failures: failures + 1,
        until: this.#o.clock.elapsed() + pauseAfter(failures),
      });
    }
    if (!this.#told.has(device)) onEvent?.({ type: 'stray', topic: message.topic, error });
    this.#told.set(device, true);
  }

  /** @returns why the target does not have it; that nobody subscribes there is no reason */
  async #send(message: IncomingMessage, device: string): Promise<Error | undefined> {
    const { route, token, publisher } = this.#o;
    let outgoing: OutgoingMessage;
    try {
      outgoing = route.outgoing(message, device, token);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
    const outcome = await publisher.publish(outgoing, { suspect: this.#resting.has(device) });
    return 'error' in outcome ? outcome.error : undefined;
  }

  #rest(): void {
    this.#state = 'failed';
    this.#due = this.#o.clock.elapsed() + pauseAfter(this.#failures);
    this.#failures += 1;
  }
}
