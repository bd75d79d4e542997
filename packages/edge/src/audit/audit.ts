import type { Arrival, DeadFace, DroppedFaces } from '@facepipe/wire';
import { Budget } from './budget.js';
import { type AuditedFace, DeviceAudit, type DeviceReport } from './device.js';
import { EarlyIds } from './early.js';
import { addUp, type Standing } from './standing.js';

/** A face that was seen, and of which no receipt has come. */
interface Outstanding extends AuditedFace {
  readonly device: DeviceAudit;
  readonly sha256: string;
}

export interface AuditLimits {
  /** Faces without a receipt that are followed by their ids, over all devices. Default 100,000. */
  outstanding?: number;
  /** Default 10,000. */
  devices?: number;
  /** Over all devices, besides one of each. Default 20,000. */
  streams?: number;
  /** Ranges of numbers over all devices, besides some of each stream. Default 200,000. */
  pieces?: number;
}

/** Ids of receipts that came before their faces, of devices that are followed and of all others. */
const earlyIds = 10_000;
const strangersIds = 1000;

/**
 * Compares the faces of a fleet with their receipts. Memory is bounded however long it goes on and whoever sends:
 * numbers are kept as ranges, ids of outstanding faces only, and of all of it so many. Devices are followed in the
 * order in which they come, and none gives way to another; those beyond the limit are counted, and that is all.
 */
export class Audit {
  readonly #limits: { outstanding: number; devices: number };
  readonly #budget: Budget;
  readonly #devices = new Map<string, DeviceAudit>();
  /** By device and id, oldest first. */
  readonly #outstanding = new Map<string, Outstanding>();
  readonly #early = new EarlyIds(earlyIds);
  readonly #strangers = new EarlyIds(strangersIds);
  #ignored = 0;
  #standing: Standing | undefined;

  constructor({
    outstanding = 100_000,
    devices = 10_000,
    streams = 20_000,
    pieces = 200_000,
  }: AuditLimits = {}) {
    this.#limits = { outstanding, devices };
    this.#budget = new Budget(streams, pieces);
  }

  /** Messages of devices beyond the limit. */
  get ignored(): number {
    return this.#ignored;
  }

  face(name: string, { id, facts, sha256 }: Pick<Arrival, 'id' | 'facts' | 'sha256'>): void {
    const device = this.#device(name);
    if (!device) return;
    const key = keyOf(device, id);
    const stream = facts && device.see(facts.stream, facts.seq);
    const fresh = facts ? stream !== undefined : !this.#outstanding.has(key);
    if (!facts && fresh) device.seeForeign();
    if (!fresh) device.repeat();
    else if (this.#early.take(name, id) || this.#strangers.take(name, id)) device.store();
    else
      this.#await(key, { device, sha256, ...(facts && stream !== undefined && { stream, seq: facts.seq }) });
  }

  receipt(name: string, ids: readonly string[], dead: readonly DeadFace[]): void {
    const device = this.#devices.get(name);
    const early = device ? this.#early : this.#strangers;
    for (const id of ids) {
      if (device && this.#take(device, id)) device.store();
      else early.add(name, id);
    }
    for (const { id, reason, sha256 } of dead) this.die(name, id, reason, sha256);
  }

  /** A dead letter or a receipt says so; of other bytes under the same id it is not the face that was seen. */
  die(name: string, id: string, reason: string, sha256: string): void {
    const device = this.#devices.get(name);
    if (!device || this.#outstanding.get(keyOf(device, id))?.sha256 !== sha256) return;
    this.#take(device, id);
    device.die(reason);
  }

  dropped(name: string, ranges: readonly DroppedFaces[]): void {
    if (ranges.length === 0) return;
    const device = this.#device(name);
    for (const { stream, from, to } of ranges) device?.drop(stream, from, to);
  }

  /** What is known of each device, by name. */
  report(): DeviceReport[] {
    const open = this.#open();
    const devices = [...this.#devices].sort(([a], [b]) => (a < b ? -1 : 1));
    return devices.map(([name, device]) => device.report(name, open.get(device) ?? []));
  }

  /** The sums over all devices. */
  get standing(): Standing {
    if (this.#standing) return this.#standing;
    const open = this.#open();
    const counts = [...this.#devices.values()].map((device) => {
      const { dead } = device;
      return { ...device.count(open.get(device) ?? []), dead };
    });
    this.#standing = addUp(counts);
    return this.#standing;
  }

  #open(): Map<DeviceAudit, Outstanding[]> {
    const open = new Map<DeviceAudit, Outstanding[]>();
    for (const face of this.#outstanding.values()) {
      const faces = open.get(face.device);
      if (faces) faces.push(face);
      else open.set(face.device, [face]);
    }
    return open;
  }

  #device(name: string): DeviceAudit | undefined {
    this.#standing = undefined;
    const known = this.#devices.get(name);
    if (known) return known;
    const number = this.#devices.size;
    if (number >= this.#limits.devices) {
      this.#ignored++;
      return undefined;
    }
    const device = new DeviceAudit(number, this.#budget);
    this.#devices.set(name, device);
    return device;
  }

  /** A receipt counts for the device on whose topic it came. */
  #take(device: DeviceAudit, id: string): boolean {
    this.#standing = undefined;
    return this.#outstanding.delete(keyOf(device, id));
  }

  #await(key: string, face: Outstanding): void {
    this.#outstanding.set(key, face);
    const [oldest] = this.#outstanding;
    if (!oldest || this.#outstanding.size <= this.#limits.outstanding) return;
    const [first, { device, stream, seq }] = oldest;
    this.#outstanding.delete(first);
    device.giveUp(stream, seq);
  }
}

/** Shorter than a name, of which there may be a face each. */
const keyOf = ({ number }: DeviceAudit, id: string): string => `${number} ${id}`;
