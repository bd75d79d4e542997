import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cable, startCable, until } from '@facepipe/test';
import { Device } from './fleet-device.js';
import type { MakeFace } from './fleet-faces.js';

/** Lines that the devices share out among them: an outage takes a tenth, or all. */
const lines = 10;
/** Of those that open their spool and connect side by side. */
const together = 50;

/** Many devices in one process. They find faces whether or not they are connected, as cameras do. */
export class FleetLoad {
  readonly #devices: Device[] = [];
  readonly #cables: Cable[];
  readonly #folder: string;
  /** Every face that a spool has accepted, and when. */
  readonly accepted = new Map<string, number>();
  /** Seconds from then to the receipt. */
  readonly waits: number[] = [];
  stored = 0;
  /** Makes the faces; another may take its place. */
  make: MakeFace;
  #rate = 0;
  #due = 0;
  #turn = 0;
  readonly #timer: NodeJS.Timeout;
  /** Appends that are under way. */
  readonly #pending = new Set<Promise<void>>();
  /** The longest that this process itself was late, ms: what it says of itself when it is the bottleneck. */
  late = 0;

  private constructor(cables: Cable[], make: MakeFace, memory: string) {
    this.#cables = cables;
    this.make = make;
    this.#folder = mkdtempSync(join(memory, 'facepipe-fleet-'));
    process.on('exit', () => rmSync(this.#folder, { recursive: true, force: true }));
    let last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#due += (this.#rate * (now - last)) / 1000;
      this.late = Math.max(this.late, now - last);
      last = now;
      for (; this.#due >= 1; this.#due--) this.#capture();
    }, 10);
  }

  /** @param memory a folder in memory: a device's disk is its own, and this machine has one for all */
  static async open(port: number, count: number, make: MakeFace, memory: string): Promise<FleetLoad> {
    const cables = await Promise.all(Array.from({ length: lines }, () => startCable(port)));
    const load = new FleetLoad(cables, make, memory);
    for (let n = 0; n < count; n += together) {
      const some = Array.from({ length: Math.min(together, count - n) }, (_, m) => load.#open(n + m));
      load.#devices.push(...(await Promise.all(some)));
      await load.connected();
    }
    return load;
  }

  #open(n: number): Promise<Device> {
    const cable = this.#cables[n % lines];
    return Device.open({
      name: `camera${String(n).padStart(5, '0')}`,
      folder: this.#folder,
      url: `mqtt://127.0.0.1:${cable?.port}`,
      make: (device, identity) => this.make(device, identity),
      onStored: (id) => {
        this.stored++;
        this.waits.push((performance.now() - (this.accepted.get(id) ?? Number.NaN)) / 1000);
      },
    });
  }

  /** Faces a second from now on, over all devices, one of each in turn. */
  set rate(rate: number) {
    this.#rate = rate;
    this.#due = 0;
  }

  get backlog(): number {
    return this.accepted.size - this.stored;
  }

  get published(): number {
    return this.#devices.reduce((sum, { totals }) => sum + totals.published + totals.republished, 0);
  }

  get republished(): number {
    return this.#devices.reduce((sum, { totals }) => sum + totals.republished, 0);
  }

  /** Of each device, faces whose receipts came. */
  get storedOfEach(): number[] {
    return this.#devices.map(({ stored }) => stored);
  }

  async connected(): Promise<void> {
    await until('all devices are connected', () => this.#devices.every(({ connected }) => connected), 600);
  }

  /** The devices of these lines are away, all others there. */
  away(...numbers: number[]): void {
    for (const [n, cable] of this.#cables.entries()) {
      if (numbers.includes(n)) cable.unplug();
      else if (this.#out.has(n)) cable.cut();
    }
    this.#out = new Set(numbers);
  }
  #out: ReadonlySet<number> = new Set();

  /** All lines are out. */
  awayAll(): void {
    this.away(...this.#cables.keys());
  }

  #capture(): void {
    const device = this.#devices[this.#turn++ % this.#devices.length];
    if (!device) return;
    const found = performance.now();
    const appending = device
      .capture()
      .then((id) => void this.accepted.set(id, found))
      .finally(() => this.#pending.delete(appending));
    this.#pending.add(appending);
  }

  /** Nothing more is found; resolves with the seconds until every receipt is back. */
  async drained(seconds = 600): Promise<number> {
    const begun = performance.now();
    this.rate = 0;
    await Promise.all(this.#pending);
    await until(
      () => `every receipt is back: ${this.backlog} are not`,
      () => this.backlog === 0,
      seconds,
    );
    return (performance.now() - begun) / 1000;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#devices.map((device) => device.close()));
    await Promise.all(this.#cables.map((cable) => cable.close()));
    // sockets that were on their way
    await sleep(50);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
