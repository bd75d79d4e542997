import type { FacepipeError } from '@facepipe/service';
import { expectArgument } from '@facepipe/service';
import { wireError } from '../errors.js';

/** So many in a row are no accident. */
const many = 3;
/** A connection that the broker ends sooner than this, without a word, may have been ended by a rival. Milliseconds. */
const brief = 60_000;
/** A connection that lasted so long ends the story. Milliseconds. */
const peace = 3_600_000;

const codes = new Set([
  'FACEPIPE_E_SESSION_TAKEN_OVER',
  'FACEPIPE_E_CLIENT_ID_SHARED',
  'FACEPIPE_E_BROKER_HANGS_UP',
]);

/** Whether a reason is a rival with the same client id, or what looks like one: somebody has to fix that. */
export function isRival(reason: FacepipeError): boolean {
  expectArgument('reason', reason, 'object');
  return codes.has(reason.code);
}

/** How a connection ended. */
export interface Loss {
  reason: FacepipeError;
  /** The broker closed it without giving a reason. */
  hungUp: boolean;
  /** Milliseconds it had been there. */
  lasted: number;
}

/**
 * Tells apart a lost connection from a rival with the same client id. MQTT binds no client id to a user, so whoever has
 * the id takes the session; each taking is answered by taking it back, after pauses that grow. A broker with MQTT 5
 * tells it (0x8E, mosquitto from 2.0.15); others just hang up on the elder, soon and again and again.
 */
export class Contention {
  readonly #broker: string;
  #takeovers = 0;
  #hangUps = 0;
  #fault: FacepipeError | undefined;

  constructor(broker: string) {
    this.#broker = broker;
  }

  /**
   * What the next attempt to connect counts as at least, from 0: pauses grow with it. Brokers that restart may hang up
   * twice.
   */
  get attempt(): number {
    return Math.max(0, this.#takeovers > 0 ? this.#takeovers - 1 : this.#hangUps - many);
  }

  /**
   * What is wrong where it happened again and again, and the present connection is not much older than the last ones.
   * @param lasted milliseconds the present connection has been there
   */
  fault(lasted: number): FacepipeError | undefined {
    return lasted < brief ? this.#fault : undefined;
  }

  /**
   * The reason to give for a loss; undefined where it was given often enough: a rival is told the 1st, 3rd, 9th, 27th
   * time.
   */
  judge({ reason, hungUp, lasted }: Loss): FacepipeError | undefined {
    if (lasted >= peace) this.#forget();
    if (reason.code === 'FACEPIPE_E_SESSION_TAKEN_OVER') {
      const times = ++this.#takeovers;
      this.#hangUps = 0;
      if (times < many) return times === 1 ? reason : undefined;
      this.#fault = wireError('FACEPIPE_E_CLIENT_ID_SHARED', { broker: this.#broker, times });
      return isPower(times) ? this.#fault : undefined;
    }
    // what is known to be a rival needs no guess
    if (this.#takeovers > 0) return reason;
    const times = hungUp && lasted < brief ? this.#hangUps + 1 : 0;
    this.#hangUps = times;
    this.#fault = undefined;
    if (times < many) return reason;
    this.#fault = wireError('FACEPIPE_E_BROKER_HANGS_UP', { broker: this.#broker, times });
    return isPower(times) ? this.#fault : reason;
  }

  #forget(): void {
    this.#takeovers = 0;
    this.#hangUps = 0;
    this.#fault = undefined;
  }
}

/** Whether a number is a power of three. */
function isPower(number: number): boolean {
  let power = 1;
  while (power < number) power *= many;
  return power === number;
}
