import { expectArgument, isId } from '@facepipe/service';
import { isCount } from './count.js';
import { isReason } from './text.js';

/** Faces that a capture discarded before this broker had them: `from` to `to` of a stream, both included. */
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
  /** Why a program that runs is offline, as when its camera is offline; absent once the program itself is gone. */
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
  /** Visits that are open now; absent where nobody counts them. */
  active?: number;
  /** People who look at the page of the capture now; absent where it has none. */
  viewers?: number;
  /** What this broker never gets: the latest 100 ranges, so that each is in many statuses, and may have grown since. */
  dropped?: DroppedFaces[];
}

/** Bytes of a status; a hundred ranges of dropped faces take some 12 kB. */
const largestStatus = 64 * 1024;
/** Ranges of dropped faces. */
const maxDropped = 500;
/** Names of counts, and characters of each. */
const maxCounts = 100;
const longestCount = 64;
/** Characters of a reason, which is a sentence; a longer one is cut. */
const longestReason = 1000;
/** Characters of the other texts. */
const longestText = 100;

/** JSON in UTF-8. A reason of more than 1000 characters is cut. */
export function encodeStatus(status: Status): Buffer {
  expectArgument('status', status, 'object');
  const { reason } = status;
  const cut = reason !== undefined && reason.length > longestReason;
  return Buffer.from(
    JSON.stringify(cut ? { ...status, reason: `${reason.slice(0, longestReason - 1)}…` } : status),
  );
}

/**
 * The status, or undefined when the payload is not one (an empty one clears the retained status), or larger than any
 * that facepipe sends: 64 KiB, 500 ranges of dropped faces, 100 counts.
 */
export function decodeStatus(payload: Buffer): Status | undefined {
  expectArgument('payload', payload, 'bytes');
  if (payload.length > largestStatus) return undefined;
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
    (value.reason === undefined || isText(value.reason, longestReason)) &&
    [value.instance, value.version, value.since].every((text) => isText(text, longestText)) &&
    typeof value.uptime === 'number' &&
    [value.active, value.viewers].every((count) => count === undefined || isCount(count)) &&
    (value.dropped === undefined || areDropped(value.dropped)) &&
    [value.totals, value.rates].every(areCounts)
  );
}

function isText(value: unknown, longest: number): boolean {
  return typeof value === 'string' && value.length <= longest;
}

function areCounts(value: unknown): boolean {
  const counts = isRecord(value) ? Object.entries(value) : undefined;
  return (
    counts !== undefined &&
    counts.length <= maxCounts &&
    counts.every(([name, count]) => name.length <= longestCount && typeof count === 'number')
  );
}

function areDropped(value: unknown): boolean {
  return Array.isArray(value) && value.length <= maxDropped && value.every(isDropped);
}

function isDropped(value: unknown): value is DroppedFaces {
  return (
    isRecord(value) &&
    typeof value.stream === 'string' &&
    isId(value.stream) &&
    isReason(value.reason) &&
    Number.isSafeInteger(value.from) &&
    Number.isSafeInteger(value.to) &&
    Number(value.from) >= 1 &&
    Number(value.to) >= Number(value.from)
  );
}
