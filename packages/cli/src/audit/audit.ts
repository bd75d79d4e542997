import type { Arrival, DeadFace, DroppedFaces } from '@facepipe/wire';
import { DeviceAudit, type DeviceReport } from './device.js';

/** A face that was seen, and of which no receipt has come. */
interface Outstanding {
  readonly device: DeviceAudit;
  readonly stream?: string;
  readonly seq?: number;
  readonly sha256: string;
}

export interface AuditLimits {
  /** Faces without a receipt that are followed by their ids, over all devices. Default 100,000. */
  outstanding?: number;
  /** Default 10,000. */
  devices?: number;
}

/** Ids of receipts that came before their faces, or without, that are remembered. */
const earlyIds = 10_000;

/**
 * Compares the faces of a fleet with their receipts. Memory is bounded however long it goes on: numbers are kept as ranges,
 * and ids of outstanding faces only, up to a limit beyond which the oldest stay outstanding for good.
 */
export class Audit {
  readonly #limits: Required<AuditLimits>;
  readonly #devices = new Map<string, DeviceAudit>();
  /** Oldest first. */
  readonly #outstanding = new Map<string, Outstanding>();
  readonly #early = new Set<string>();
  #ignored = 0;

  constructor({ outstanding = 100_000, devices = 10_000 }: AuditLimits = {}) {
    this.#limits = { outstanding, devices };
  }

  /** Messages of devices beyond the limit. */
  get ignored(): number {
    return this.#ignored;
  }

  face(name: string, { id, facts, sha256 }: Pick<Arrival, 'id' | 'facts' | 'sha256'>): void {
    const device = this.#device(name);
    if (!device) return;
    const fresh = facts ? device.see(facts.stream, facts.seq) : !this.#outstanding.has(id);
    if (!facts && fresh) device.seeForeign();
    if (!fresh) device.repeat();
    else if (this.#early.delete(`${name} ${id}`)) device.store();
    else {
      const place = facts && { stream: facts.stream, seq: facts.seq };
      this.#outstanding.set(id, { device, ...place, sha256 });
      if (this.#outstanding.size > this.#limits.outstanding) this.#giveUpOldest();
    }
  }

  receipt(name: string, ids: readonly string[], dead: readonly DeadFace[]): void {
    for (const id of ids) {
      const found = this.#take(name, id);
      if (found) found.device.store();
      else this.#remember(name, id);
    }
    for (const { id, reason, sha256 } of dead) this.die(name, id, reason, sha256);
  }

  /** A dead letter or a receipt says so; of other bytes under the same id it is not the face that was seen. */
  die(name: string, id: string, reason: string, sha256: string): void {
    if (this.#outstanding.get(id)?.sha256 !== sha256) return;
    const found = this.#take(name, id);
    found?.device.die(reason);
  }

  dropped(name: string, ranges: readonly DroppedFaces[]): void {
    const device = this.#device(name);
    for (const { stream, from, to } of ranges) device?.drop(stream, from, to);
  }

  /** What is known of each device, by name. */
  report(): DeviceReport[] {
    const open = new Map<DeviceAudit, Outstanding[]>();
    for (const face of this.#outstanding.values()) {
      const faces = open.get(face.device);
      if (faces) faces.push(face);
      else open.set(face.device, [face]);
    }
    return [...this.#devices.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, device]) => device.report(name, open.get(device) ?? []));
  }

  #device(name: string): DeviceAudit | undefined {
    const known = this.#devices.get(name);
    if (known) return known;
    if (this.#devices.size >= this.#limits.devices) {
      this.#ignored++;
      return undefined;
    }
    const device = new DeviceAudit();
    this.#devices.set(name, device);
    return device;
  }

  /** A receipt counts for the device on whose topic it came. */
  #take(name: string, id: string): Outstanding | undefined {
    const found = this.#outstanding.get(id);
    if (!found || found.device !== this.#devices.get(name)) return undefined;
    this.#outstanding.delete(id);
    return found;
  }

  #remember(name: string, id: string): void {
    this.#early.add(`${name} ${id}`);
    const [oldest] = this.#early;
    if (this.#early.size > earlyIds && oldest !== undefined) this.#early.delete(oldest);
  }

  #giveUpOldest(): void {
    const [oldest] = this.#outstanding;
    if (!oldest) return;
    const [id, { device, stream, seq }] = oldest;
    this.#outstanding.delete(id);
    device.giveUp(stream, seq);
  }
}
