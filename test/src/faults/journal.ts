/** A face that capture counted: it is on its disk. */
export interface Accepted {
  id: string;
  stream: string | undefined;
  seq: number;
}

/** What the programs said about each face, in the lines they log; what is written here survives their end. */
export class Journal {
  readonly accepted = new Map<string, Accepted>();
  /** Messages whose object was there already. */
  repeats = 0;
  dead = 0;
  /** Times capture said that it cannot keep faces now, and so does not accept them. */
  refused = 0;
  /** When a sink said that it wrote an object, and how long after the frame; ms. */
  readonly stored = new Map<string, { at: number; lag: number }>();
  /** When capture wrote its last line, by its own clock. */
  time = 0;
  /** Visits that the capture which runs now has told the begin of, and not the end; since when, ms. */
  readonly open = new Map<string, number>();
  /** Visits of which a picture went into the spool. */
  readonly pictured = new Set<string>();
  #stream: string | undefined;

  /** Numbers that capture says it gave up. */
  readonly dropped = new Set<string>();

  /** A line of capture's. */
  readonly capture = (line: string): void => {
    const entry = parse(line);
    if (typeof entry.time === 'string') this.time = Date.parse(entry.time);
    const stream = /stream ([0-9A-HJKMNP-TV-Z]{26})/.exec(String(entry.msg))?.[1];
    if (stream !== undefined) {
      this.#stream = stream;
      this.open.clear();
    }
    if (entry.msg === 'a visit begins') this.open.set(String(entry.visit), Date.now());
    if (/^a picture of a visit/.test(String(entry.msg))) this.pictured.add(String(entry.visit));
    if (/^a visit ends/.test(String(entry.msg))) this.open.delete(String(entry.visit));
    if (/^(a face was not kept|the spool .* is full)/.test(String(entry.msg))) this.refused++;
    const [, from, to = from, of] =
      /^dropped faces? (\d+)(?: to (\d+))? of stream (\w+)/.exec(String(entry.msg)) ?? [];
    for (let seq = Number(from); seq <= Number(to); seq++) this.dropped.add(place({ stream: of, seq }));
    if (entry.msg === 'face' && typeof entry.id === 'string' && typeof entry.seq === 'number') {
      this.accepted.set(entry.id, { id: entry.id, stream: this.#stream, seq: entry.seq });
    }
  };

  /** A line of a sink's. */
  readonly sink = (line: string): void => {
    const { type, msg, id, lag, time } = parse(line);
    if (type === 'duplicate') this.repeats++;
    if (type === 'stored' && typeof id === 'string' && typeof lag === 'number')
      this.stored.set(id, { at: Date.parse(String(time)), lag });
    if (typeof msg === 'string' && msg.startsWith('dead letter')) this.dead++;
  };
}

/** A face's number, in which stream. */
export const place = ({ stream, seq }: { stream: string | undefined; seq: number }): string =>
  `${stream} ${seq}`;

function parse(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    // a program killed while it wrote leaves half a line
    return {};
  }
}
