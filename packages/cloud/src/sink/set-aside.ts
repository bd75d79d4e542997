/** Devices that are remembered; beyond it the one that was refused least recently is forgotten. */
const maxDevices = 1000;
/** ms since its last refusal after which a device is forgotten: it is tried like any other when it comes again. */
const memory = 3600_000;

/** How something failed: the store said no, or it did not say. */
export type Failing = 'refused' | 'unanswered';

/** A device of which the store takes nothing while it takes others. */
export interface Aside {
  readonly device: string;
  readonly error: Error;
}

interface FailingDevice extends Aside {
  readonly failing: Failing;
  readonly at: number;
}

/** Whose messages the store does not take while it takes others. Bounded, as anybody may make up devices. */
export class SetAside {
  readonly #now: () => number;
  /** The one refused last is the last. */
  readonly #devices = new Map<string, FailingDevice>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get devices(): readonly Aside[] {
    const since = this.#now() - memory;
    for (const [device, { at }] of this.#devices) if (at < since) this.#devices.delete(device);
    return [...this.#devices.values()];
  }

  /** Whether the device is set aside for failing in this way. */
  has(device: string, failing: Failing): boolean {
    return this.#devices.get(device)?.failing === failing;
  }

  /** Returns whether that is news. */
  add(device: string, failing: Failing, error: Error): boolean {
    const news = !this.#devices.delete(device);
    this.#devices.set(device, { device, failing, error, at: this.#now() });
    const [oldest] = this.#devices.keys();
    if (oldest !== undefined && this.#devices.size > maxDevices) this.#devices.delete(oldest);
    return news;
  }

  /** The store took a message of the device. Returns whether it had been set aside. */
  passed(device: string): boolean {
    return this.#devices.delete(device);
  }
}
