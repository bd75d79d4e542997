import { createHash } from 'node:crypto';
import { FacepipeError } from '@facepipe/service';
import { deadLetter, type IncomingMessage, noDevice, type OutgoingMessage } from '@facepipe/wire';
import type { WritableStore } from '../store/store.js';
import { isForEver, sortOfLetter, sortOfPut } from './fault-sort.js';
import type { Fault } from './judge.js';
import type { Repetition, Task } from './repetition.js';
import type { SinkPlan } from './sink-plan.js';

/** Letters without an answer, after which the next goes without its payload. */
const unanswered = 3;

/** What became of the bytes and of the letter. `routed` is false where nobody subscribes, or it did not go out. */
export interface DeadLetterOutcome {
  /** Whether the quarantine has the bytes. */
  readonly kept: boolean;
  readonly sent: boolean;
  readonly routed: boolean;
  /** Why one of the two was given up. */
  readonly error?: Error;
}

export interface DeadLettersOptions {
  plan: Pick<SinkPlan, 'deadTopic'>;
  quarantine: WritableStore | undefined;
  repetition: Repetition;
  publish: (message: OutgoingMessage) => Promise<{ routed: boolean }>;
  connected: () => boolean;
}

/** Dead letters: the bytes into the quarantine, if there is one, then the letter to the broker. */
export class DeadLetters {
  readonly #options: DeadLettersOptions;

  constructor(options: DeadLettersOptions) {
    this.#options = options;
  }

  /** @throws the reason why it ended with the sink */
  async send(message: IncomingMessage, fault: Fault): Promise<DeadLetterOutcome> {
    const { quarantine, repetition } = this.#options;
    const put = quarantine && (await repetition.until(this.#keeping(quarantine, message, fault)));
    const kept = put !== undefined && 'done' in put && put.done;
    const letter = await repetition.until(this.#letter(message, fault));
    if ('error' in letter) return { kept, sent: false, routed: false, error: letter.error };
    const { routed } = letter.done;
    return { kept, sent: true, routed, ...(put && 'error' in put && { error: put.error }) };
  }

  #keeping(quarantine: WritableStore, { payload }: IncomingMessage, { reason }: Fault): Task<boolean> {
    return {
      run: async (signal) => {
        const sha256 = createHash('sha256').update(payload).digest('hex');
        const outcome = await quarantine.put(
          {
            key: `${reason}/${sha256}`,
            body: payload,
            contentType: 'application/octet-stream',
            metadata: { reason, sha256 },
            sha256,
          },
          signal,
        );
        return outcome === 'stored' || outcome === 'duplicate';
      },
      sort: (error) => ({ failing: sortOfPut(error), known: isForEver(error) }),
    };
  }

  #letter(message: IncomingMessage, { reason, detail, id, device }: Fault): Task<{ routed: boolean }> {
    const { plan, publish, connected } = this.#options;
    let bare = false;
    let timeouts = 0;
    return {
      run: async () => {
        const topic = plan.deadTopic(device ?? noDevice);
        return publish(deadLetter(topic, message, reason, detail, { id, bare }));
      },
      sort: (error) => {
        if (isTimeout(error)) timeouts += 1;
        bare ||= mayBeTooLarge(error, connected() || timeouts >= unanswered);
        return { failing: sortOfLetter(error, connected()), known: isForEver(error) };
      },
    };
  }
}

function isTimeout(error: Error): boolean {
  return error instanceof FacepipeError && error.code === 'FACEPIPE_E_PUBLISH_TIMEOUT';
}

/** Brokers say so (MQTT 5), refuse without saying why, or (mosquitto's message_size_limit) never answer or hang up. */
function mayBeTooLarge(error: Error, meant: boolean): boolean {
  if (isTimeout(error)) return meant;
  if (!(error instanceof FacepipeError)) return false;
  return error.code === 'FACEPIPE_E_TOO_LARGE' || error.code === 'FACEPIPE_E_PUBLISH_REFUSED';
}
