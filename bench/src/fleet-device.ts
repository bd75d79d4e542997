import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openSpool, type Spool } from '@facepipe/edge';
import { Publisher } from '../../packages/edge/dist/publish/publisher.js';
import { StatusPublisher } from '../../packages/edge/dist/publish/status-publisher.js';
import type { MakeFace } from './fleet-faces.js';

export interface DeviceOptions {
  name: string;
  /** Where its spool is. */
  folder: string;
  url: string;
  make: MakeFace;
  /** Told of every face once its receipt has come. */
  onStored: (id: string) => void;
}

/**
 * One device as `capture --until stored` is without its camera: the product's own spool and publisher over a
 * connection of its own, with status, will and receipts.
 */
export class Device {
  readonly name: string;
  readonly #spool: Spool;
  readonly #publisher: Publisher;
  readonly #make: MakeFace;
  accepted = 0;
  stored = 0;

  private constructor(options: DeviceOptions, spool: Spool) {
    const { name, url, make, onStored } = options;
    this.name = name;
    this.#spool = spool;
    this.#make = make;
    this.#publisher = new Publisher({
      name,
      broker: 'edge',
      spool,
      status: new StatusPublisher(name, 'fleet', () => ({ captured: this.accepted })),
      link: { url, clientId: `fleet-${name}` },
      until: 'stored',
      receiptTimeout: 60_000,
      backlogShare: 0.5,
      live: true,
      onEvent: (event) => {
        if (event.type !== 'stored') return;
        this.stored++;
        onStored(event.id);
      },
    });
  }

  static async open(options: DeviceOptions): Promise<Device> {
    const folder = join(options.folder, options.name);
    mkdirSync(folder);
    const limits = { maxBytes: 1e9, ttl: 7 * 24 * 3600_000, full: 'drop-oldest' as const };
    const spool = await openSpool(folder, { brokers: ['edge'], ...limits });
    // 16 MiB for the day that the disk is full: of memory, here, and of every device
    rmSync(join(folder, 'reserve'), { force: true });
    return new Device(options, spool);
  }

  get connected(): boolean {
    return this.#publisher.connected;
  }

  get totals(): { published: number; republished: number } {
    return this.#publisher.totals;
  }

  /** A face is found: in the spool when this resolves, whether or not the broker is there. */
  async capture(): Promise<string> {
    const { id } = await this.#spool.append((identity) => this.#make(this.name, identity));
    this.accepted++;
    return id;
  }

  async close(): Promise<void> {
    await this.#publisher.close();
    await this.#spool.close();
  }
}
