import { isId } from './id.js';

/** Faces that a capture let go of before this broker had them: `from` to `to` of a stream, both included. */
export interface DroppedFaces {
  stream: string;
  from: number;
  to: number;
  /** A word: `full`, `expired`, `too-large`, … */
  reason: string;
}

/** What a program says about itself, retained, on its status topic; `offline` is also its will. */
export interface Status {
  state: 'online' | 'offline';
  /** Why a program that runs is offline, as when its camera is away; absent once the program itself is gone. */
  reason?: string;
  /** ULID of this run of the program. */
  instance: string;
  version: string;
  /** RFC 3339 UTC time this state began. */
  since: string;
  /** Seconds since the program started. */
  uptime: number;
  /** Counts since the start, by name. */
  totals: Record<string, number>;
  /** Counts a second, by name. */
  rates: Record<string, number>;
  /** What this broker never gets: the latest 100 ranges, so that each is in many statuses, and may have grown since. */
  dropped?: DroppedFaces[];
}

/** JSON in UTF-8. */
export function encodeStatus(status: Status): Buffer {
  return Buffer.from(JSON.stringify(status));
}

/** The status, or undefined when the payload is not one (an empty one clears the retained status). */
export function decodeStatus(payload: Buffer): Status | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
  return isStatus(parsed) ? parsed : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStatus(value: unknown): value is Status {
  return (
    isRecord(value) &&
    (value.state === 'online' || value.state === 'offline') &&
    (value.reason === undefined || typeof value.reason === 'string') &&
    [value.instance, value.version, value.since].every((text) => typeof text === 'string') &&
    typeof value.uptime === 'number' &&
    (value.dropped === undefined || (Array.isArray(value.dropped) && value.dropped.every(isDropped))) &&
    [value.totals, value.rates].every(
      (counts) => isRecord(counts) && Object.values(counts).every((count) => typeof count === 'number'),
    )
  );
}

function isDropped(value: unknown): value is DroppedFaces {
  return (
    isRecord(value) &&
    typeof value.stream === 'string' &&
    isId(value.stream) &&
    typeof value.reason === 'string' &&
    Number.isSafeInteger(value.from) &&
    Number.isSafeInteger(value.to) &&
    Number(value.from) >= 1 &&
    Number(value.to) >= Number(value.from)
  );
}
