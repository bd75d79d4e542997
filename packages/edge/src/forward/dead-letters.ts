import { type Clock, FacepipeError } from '@facepipe/service';
import {
  type DeadFace,
  deadFace,
  deadLetter,
  fillTopic,
  type IncomingMessage,
  noDevice,
  topicFilters,
  topics,
} from '@facepipe/wire';
import type { LinkPublisher } from './link-publisher.js';
import { Lru } from './lru.js';

/** How long the source may take to acknowledge a dead letter, ms: what comes behind its message waits for it. */
const publishTimeout = 5000;
/** How long a device's letters are not tried when the source did not answer one or hung up on it, ms. */
const rest = 60_000;

/** `subscribed`: somebody subscribes to it; `dead`: the face as its device knows it. `lost`: why it did not go out. */
export type DeadLetterOutcome =
  | { readonly subscribed: boolean; readonly dead: DeadFace | undefined }
  | { readonly lost: Error };

const has = (error: Error, ...codes: string[]): boolean =>
  error instanceof FacepipeError && codes.includes(error.code);

/** Dead letters at the source: each goes out within a bound, or is given up. */
export class DeadLetters {
  readonly #publisher: Pick<LinkPublisher, 'publish'>;
  readonly #connected: () => boolean;
  readonly #clock: Pick<Clock, 'elapsed'>;
  /** What a device's letters failed with, and until when they rest. */
  readonly #resting = new Lru<string, { until: number; error: Error }>(1000);

  /** @param connected whether the source is there */
  constructor(
    publisher: Pick<LinkPublisher, 'publish'>,
    connected: () => boolean,
    clock: Pick<Clock, 'elapsed'>,
  ) {
    this.#publisher = publisher;
    this.#connected = connected;
    this.#clock = clock;
  }

  /** @throws the error of the publish when the source is offline, and sends the message again when it is back */
  async send(
    message: IncomingMessage,
    device: string | undefined,
    reason: string,
    detail: string,
  ): Promise<DeadLetterOutcome> {
    const topic = letterTopic(device);
    const resting = this.#resting.get(topic);
    if (resting && resting.until > this.#clock.elapsed()) return { lost: resting.error };
    // whatever else is wrong with it, that stops nothing
    const dead = await deadFace(message, device, reason).catch(() => undefined);
    let failure: Error | undefined;
    for (const bare of [false, true]) {
      const letter = deadLetter(topic, message, reason, detail, { bare, ...(dead && { id: dead.id }) });
      const outcome = await this.#publisher.publish(letter, { timeout: publishTimeout });
      if (!('error' in outcome)) {
        this.#resting.delete(topic);
        return { subscribed: outcome.routed, dead };
      }
      failure = outcome.error;
      const hungUp = has(failure, 'FACEPIPE_E_FORWARD_HUNG_UP');
      if (!hungUp && !this.#connected()) throw failure;
      // without its payload it may pass where it was too large
      if (has(failure, 'FACEPIPE_E_PUBLISH_DENIED', 'FACEPIPE_E_LINK_CLOSED')) break;
    }
    const lost = failure ?? new Error('no letter');
    const silent = has(
      lost,
      'FACEPIPE_E_PUBLISH_TIMEOUT',
      'FACEPIPE_E_FORWARD_HUNG_UP',
      'FACEPIPE_E_FORWARD_PASSED_OVER',
    );
    if (silent) this.#resting.set(topic, { until: this.#clock.elapsed() + rest, error: lost });
    return { lost };
  }
}

/** A device whose name makes no topic of its own goes with those that have none; `+` is for all. */
export function letterTopic(device: string | undefined): string {
  if (device === '+') return topicFilters.dead;
  try {
    return fillTopic(topics.dead, { device: device ?? noDevice });
  } catch {
    return fillTopic(topics.dead, { device: noDevice });
  }
}
