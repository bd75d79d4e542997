import { createHash } from 'node:crypto';
import { FacepipeError, type IncomingMessage, type OutgoingMessage } from '@facepipe/wire';
import { deadLetter } from './dead-letter.js';
import type { Fault } from './judge.js';
import type { SinkPlan } from './sink-plan.js';
import type { Store } from './store.js';

/** Stands for the device in the topic of a dead letter whose own topic names none. */
const nobody = '_';

/**
 * One try of one burial; it goes on where the last one failed. `connected` tells whether the broker is there.
 * `routed` is false where the broker said that nobody subscribes to the letters.
 */
export type Grave = (signal: AbortSignal, connected: boolean) => Promise<{ routed: boolean }>;

/** Dead letters: the bytes into the quarantine, if there is one, then the letter to the broker. */
export class Burial {
  readonly #publish: (message: OutgoingMessage) => Promise<{ routed: boolean }>;
  readonly #plan: Pick<SinkPlan, 'deadTopic'>;
  readonly #quarantine: Store | undefined;

  constructor(
    publish: (message: OutgoingMessage) => Promise<{ routed: boolean }>,
    plan: Pick<SinkPlan, 'deadTopic'>,
    quarantine: Store | undefined,
  ) {
    this.#publish = publish;
    this.#plan = plan;
    this.#quarantine = quarantine;
  }

  begin(message: IncomingMessage, { reason, detail, id, device }: Fault): Grave {
    const topic = this.#plan.deadTopic(device ?? nobody);
    const { payload } = message;
    let safe = this.#quarantine === undefined;
    let bare = false;
    return async (signal, connected) => {
      if (!safe) {
        const sha256 = createHash('sha256').update(payload).digest('hex');
        const metadata = { reason, sha256 };
        const object = {
          key: `${reason}/${sha256}`,
          body: payload,
          contentType: 'application/octet-stream',
          metadata,
          sha256,
        };
        await this.#quarantine?.put(object, signal);
        safe = true;
      }
      try {
        return await this.#publish(deadLetter(topic, message, reason, detail, { id, bare }));
      } catch (error) {
        bare ||= mayBeTooLarge(error, connected);
        throw error;
      }
    };
  }
}

/** Brokers say so (MQTT 5), refuse without saying why, or (mosquitto's message_size_limit) never answer. */
function mayBeTooLarge(error: unknown, connected: boolean): boolean {
  if (!(error instanceof FacepipeError)) return false;
  if (error.code === 'FACEPIPE_E_PUBLISH_TIMEOUT') return connected;
  return error.code === 'FACEPIPE_E_TOO_LARGE' || error.code === 'FACEPIPE_E_PUBLISH_REFUSED';
}
