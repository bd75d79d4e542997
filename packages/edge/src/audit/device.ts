import type { Budget } from './budget.js';
import { type Range, Ranges, sizeOf } from './ranges.js';

/** What became of the faces of one stream. */
interface StreamReport {
  stream: string;
  /** The numbers seen. */
  first: number;
  last: number;
  outstanding: Range[];
  missing: Range[];
  dropped: Range[];
}

/** How many faces of a device, or of a fleet, came to what. */
export interface Counts {
  /** Different faces that came by. */
  seen: number;
  stored: number;
  /** Without a receipt, and not announced as dropped. */
  outstanding: number;
  /** Sequence numbers between those seen that never arrived, and were not announced as dropped. */
  missing: number;
  /** Announced as dropped by the device. */
  dropped: number;
}

/**
 * What became of one device's faces. `seen` = `stored` + `dead` + `outstanding` + those of `dropped` that were seen.
 */
export interface DeviceReport extends Counts {
  device: string;
  /** How often a face came again. */
  repeats: number;
  /** By reason. */
  dead: Record<string, number>;
  /** Of those with something to tell, and the latest. */
  streams: StreamReport[];
}

interface Stream {
  readonly name: string;
  readonly seen: Ranges;
  readonly dropped: Ranges;
  /** Outstanding for good: their ids are no longer followed. */
  readonly givenUp: Ranges;
}

/** A face that is outstanding, with its place in a stream where it has one. */
export interface AuditedFace {
  /** As `see` gave it. */
  readonly stream?: string;
  readonly seq?: number;
}

/** Ranges that are kept of a stream; beyond it, or the budget, its oldest hole keeps its size, but not its place. */
const maxPieces = 1000;
/** Streams that are kept of a device; beyond it, or the budget, its oldest is folded into the counts. */
const maxStreams = 100;
/** Reasons that are told apart; a device's own text must not fill the memory. */
const maxReasons = 32;

/** What an audit keeps of one device, within its budget. */
export class DeviceAudit {
  /** Which device it is, among those of the audit. */
  readonly number: number;
  readonly #budget: Budget;
  readonly #streams = new Map<string, Stream>();
  readonly #dead = new Map<string, number>();
  #seen = 0;
  #repeats = 0;
  #stored = 0;
  /** Missing and dropped of which the place is forgotten; outstanding for good without a number. */
  #missing = 0;
  #dropped = 0;
  #givenUp = 0;

  constructor(number: number, budget: Budget) {
    this.number = number;
    this.#budget = budget;
  }

  /** The stream's name, as it is kept anyway; undefined when the face has come by before. */
  see(name: string, seq: number): string | undefined {
    const { seen, dropped, name: kept } = this.#stream(name);
    const fresh = this.#change(seen, () => seen.add(seq)) > 0;
    if (fresh) this.#seen++;
    if (seen.pieces > maxPieces || (seen.pieces > 1 && this.#budget.tooManyPieces)) {
      const hole = this.#change(seen, () => seen.fillFirst());
      if (hole) this.#missing += sizeOf(dropped.without(...hole));
    }
    return fresh ? kept : undefined;
  }

  seeForeign(): void {
    this.#seen++;
  }

  repeat(): void {
    this.#repeats++;
  }

  store(): void {
    this.#stored++;
  }

  die(reason: string): void {
    const room = this.#dead.size < maxReasons && !this.#budget.spent;
    const known = this.#dead.has(reason) || room ? reason : 'other';
    if (!this.#dead.has(known)) this.#budget.pieces++;
    this.#dead.set(known, (this.#dead.get(known) ?? 0) + 1);
  }

  drop(name: string, from: number, to: number): void {
    const { seen, dropped } = this.#stream(name);
    // what has no place counts as missing: a capture says so again and again, and would be counted as often
    if (this.#budget.spent && dropped.pieces > 0 && !dropped.touches(from, to)) return;
    this.#change(dropped, () => dropped.add(from, to));
    const oldest = dropped.pieces > maxPieces ? this.#change(dropped, () => dropped.takeFirst()) : undefined;
    if (!oldest) return;
    this.#dropped += oldest[1] - oldest[0] + 1;
    // forgotten as dropped, it must not come back as missing
    if (seen.first !== undefined && seen.first < oldest[0]) this.#change(seen, () => seen.add(...oldest));
  }

  giveUp(name: string | undefined, seq: number | undefined): void {
    const ranges = name === undefined ? undefined : this.#streams.get(name)?.givenUp;
    const room =
      ranges &&
      seq !== undefined &&
      (ranges.touches(seq, seq) || (ranges.pieces < maxPieces && !this.#budget.spent));
    if (room) this.#change(ranges, () => ranges.add(seq));
    else this.#givenUp++;
  }

  /** Dead letters, whatever the reason. */
  get dead(): number {
    let sum = 0;
    for (const count of this.#dead.values()) sum += count;
    return sum;
  }

  /**
   * Makes no lists: it is asked again and again, of thousands of devices.
   * @param open the faces that are outstanding, and followed
   */
  count(open: readonly AuditedFace[]): Counts {
    const counts = {
      seen: this.#seen,
      stored: this.#stored,
      outstanding: this.#givenUp,
      missing: this.#missing,
      dropped: this.#dropped,
    };
    for (const { seen, dropped, givenUp } of this.#streams.values()) {
      counts.outstanding += givenUp.size - givenUp.common(dropped);
      const { first, last } = seen;
      if (first !== undefined && last !== undefined)
        counts.missing += last - first + 1 - seen.size - dropped.within(first, last) + seen.common(dropped);
      counts.dropped += dropped.size;
    }
    for (const { stream, seq } of open) {
      const dropped = stream === undefined ? undefined : this.#streams.get(stream)?.dropped;
      if (!dropped || seq === undefined || !dropped.has(seq)) counts.outstanding++;
    }
    return counts;
  }

  report(device: string, open: readonly AuditedFace[]): DeviceReport {
    const outstanding = new Map([...this.#streams].map(([name, { givenUp }]) => [name, givenUp.copy()]));
    for (const { stream, seq } of open)
      if (stream !== undefined && seq !== undefined) outstanding.get(stream)?.add(seq);
    const all = [...this.#streams].map(([name, stream]) =>
      reportStream(name, stream, outstanding.get(name) ?? new Ranges()),
    );
    const { seen, stored, outstanding: waiting, missing, dropped } = this.count(open);
    return {
      device,
      seen,
      repeats: this.#repeats,
      stored,
      dead: Object.fromEntries(this.#dead),
      outstanding: waiting,
      dropped,
      missing,
      streams: all.filter(
        ({ outstanding, missing, dropped }, i) =>
          i === all.length - 1 || outstanding.length + missing.length + dropped.length > 0,
      ),
    };
  }

  #stream(name: string): Stream {
    const known = this.#streams.get(name);
    if (known) return known;
    const stream = { name, seen: new Ranges(), dropped: new Ranges(), givenUp: new Ranges() };
    this.#streams.set(name, stream);
    this.#budget.streams++;
    const { size } = this.#streams;
    const [oldest] = this.#streams.values();
    if (oldest && (size > maxStreams || (size > 1 && this.#budget.tooManyStreams))) this.#fold(oldest);
    return stream;
  }

  /** Changes ranges, and counts them in the budget. */
  #change<T>(ranges: Ranges, change: () => T): T {
    const before = ranges.pieces;
    const result = change();
    this.#budget.pieces += ranges.pieces - before;
    return result;
  }

  #fold({ name, seen, dropped, givenUp }: Stream): void {
    this.#budget.streams--;
    this.#budget.pieces -= seen.pieces + dropped.pieces + givenUp.pieces;
    this.#missing += sizeOf(seen.holes(dropped));
    this.#dropped += dropped.size;
    this.#givenUp += givenUp.size;
    this.#streams.delete(name);
  }
}

function reportStream(stream: string, { seen, dropped }: Stream, outstanding: Ranges): StreamReport {
  return {
    stream,
    first: seen.first ?? 0,
    last: seen.last ?? 0,
    outstanding: outstanding.minus(dropped),
    missing: seen.holes(dropped),
    dropped: dropped.list(),
  };
}
