import { argumentError, expectArgument, isId } from '@facepipe/service';
import { isCount } from './count.js';

interface VisitEvent {
  /** ULID of the visit: the fact `track` of its pictures. */
  visit: string;
  /** RFC 3339 UTC time at which it began. */
  begin: string;
  /** Visits of the device that are open after this event. */
  active: number;
}

/** What happens to a visit, as it is told on the topic of visits. */
export type VisitMessage =
  | (VisitEvent & { type: 'begin' })
  | (VisitEvent & {
      type: 'picture';
      /** Times the face was seen so far. */
      frames: number;
      /** ULID of the face that was sent. */
      picture: string;
      /** Of the picture, a whole number from 0 to 100. */
      quality: number;
    })
  | (VisitEvent & {
      type: 'end';
      /** RFC 3339 UTC time at which the face was seen last. */
      end: string;
      frames: number;
      /** Of the best picture; absent where none was sent. */
      quality?: number;
    });

/** Bytes of a visit; ours take some 200. */
const largestVisit = 4096;
/** RFC 3339 in UTC, as `Date` writes it, with or without fractions of a second. */
const utc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/**
 * JSON in UTF-8.
 * @throws FACEPIPE_E_ARGUMENT where nobody could read it back
 */
export function encodeVisit(message: VisitMessage): Buffer {
  expectArgument('message', message, 'object');
  const known = visitOf(message);
  if (!known) throw argumentError('what happens to a visit', 'message', 'something else');
  return Buffer.from(JSON.stringify(known));
}

/** The event with the members that are known here; undefined when it is none, or larger than 4 KiB. */
export function decodeVisit(payload: Buffer): VisitMessage | undefined {
  expectArgument('payload', payload, 'bytes');
  if (payload.length > largestVisit) return undefined;
  try {
    return visitOf(JSON.parse(payload.toString('utf8')));
  } catch {
    return undefined;
  }
}

function visitOf(value: unknown): VisitMessage | undefined {
  const members = (value ?? {}) as Record<string, unknown>;
  const { type, visit, begin, end, frames, picture, quality, active } = members;
  if (!isUlid(visit) || !isTime(begin) || !isCount(active)) return undefined;
  if (type === 'begin') return { type, visit, begin, active };
  if (!isCount(frames)) return undefined;
  if (type === 'picture' && isUlid(picture) && isQuality(quality)) {
    return { type, visit, begin, frames, picture, quality, active };
  }
  if (type !== 'end' || !isTime(end)) return undefined;
  if (quality === undefined) return { type, visit, begin, end, frames, active };
  return isQuality(quality) ? { type, visit, begin, end, frames, quality, active } : undefined;
}

function isUlid(value: unknown): value is string {
  return typeof value === 'string' && isId(value);
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && utc.test(value) && !Number.isNaN(Date.parse(value));
}

function isQuality(value: unknown): value is number {
  return isCount(value) && value <= 100;
}
