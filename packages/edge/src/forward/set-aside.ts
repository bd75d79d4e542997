import type { FacepipeError } from '@facepipe/service';
import { Lru } from './lru.js';

/** Devices that are remembered as refused; beyond it the oldest are forgotten, and tried like any other. */
const maxDevices = 1000;

/** Why the target does not take a message: also the reason of its dead letter. */
export interface Refusal {
  readonly error: FacepipeError;
  readonly reason: 'refused' | 'unrouted';
}

interface Refused {
  refusal: Refusal;
  /** Place of the first message refused among all that was published. */
  readonly order: number;
}

/**
 * Which devices the target refuses while it takes others. A refusal by itself says nothing of its device: while its
 * only subscriber is offline, a target refuses everybody. So a refused message is tried again once anything has passed
 * that was published later, and only when it is refused then, too, it is about this message, or about its device if
 * nothing of that has passed in between.
 */
export class SetAside {
  /** Refused, and not known to be refused while others pass. */
  readonly #waiting: Lru<string, Refused>;
  readonly #aside: Lru<string, Refused>;
  /** The newest message that passed. */
  #passed = 0;

  /** @param forgotten called with a device that was set aside and is not remembered any longer */
  constructor(forgotten: (device: string) => void = () => {}, most = maxDevices) {
    this.#waiting = new Lru(most);
    this.#aside = new Lru(most, forgotten);
  }

  /** From the one that was silent for longest. */
  get devices(): { device: string; refusal: Refusal }[] {
    return [...this.#aside].map(([device, { refusal }]) => ({ device, refusal }));
  }

  /** A refusal since which nothing has passed: as far as one knows, the target takes nothing from anybody. */
  get general(): Refusal | undefined {
    for (const [, { refusal, order }] of this.#waiting) if (!this.passedSince(order)) return refusal;
    return undefined;
  }

  /** Whether anything has passed that was published later. */
  passedSince(order: number): boolean {
    return this.#passed > order;
  }

  has(device: string): boolean {
    return this.#aside.has(device);
  }

  /** Why the target refused the device's latest message; undefined where it took it. */
  refusalOf(device: string): Refusal | undefined {
    return (this.#aside.get(device) ?? this.#waiting.get(device))?.refusal;
  }

  /**
   * The target refused a message.
   * @param order its place among all that was published, from 1
   * @param again it was refused before, and something that was published in between passed
   * @returns whether the device is set aside by this
   */
  refused(device: string, refusal: Refusal, order: number, again: boolean): boolean {
    const known = this.#aside.get(device) ?? this.#waiting.get(device);
    if (known) known.refusal = refusal;
    if (this.has(device)) return false;
    if (!again) {
      // what was refused before others passed, and did not come again, says nothing of now
      if (!known || this.passedSince(known.order)) this.#waiting.set(device, { refusal, order });
      return false;
    }
    this.#waiting.delete(device);
    if (known) this.#aside.set(device, known);
    return known !== undefined;
  }

  /**
   * The target took a message.
   * @returns `back`: its device had been set aside; `news`: others may pass that were refused before
   */
  passed(device: string, order: number): { back: boolean; news: boolean } {
    const news = this.#waiting.size > 0;
    this.#passed = Math.max(this.#passed, order);
    this.#waiting.delete(device);
    const back = this.#aside.delete(device);
    return { back, news: news || back };
  }
}
