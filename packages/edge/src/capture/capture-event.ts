import type { FacepipeError } from '@facepipe/service';
import type { OutgoingMessage, VisitMessage } from '@facepipe/wire';
import type { PublisherEvent } from '../publish/publisher-event.js';
import type { DroppedRange } from '../spool/range.js';
import type { Spool } from '../spool/spool.js';
import type { FaceIdentity } from '../spool/write-queue.js';
import type { LostFaces } from './face-store.js';

/** What a running capture tells, beside its counts. */
export type CaptureEvent =
  | PublisherEvent
  /** The spool is open: what was found in it. */
  | { type: 'opened'; folder: string; spool: Pick<Spool, 'repair' | 'stream' | 'stats'> }
  /** The secret beside the spool was damaged, and is a new one. */
  | { type: 'secret-replaced'; file: string }
  | { type: 'connecting'; broker: string; clientId: string }
  /** The source gives no frames; it is opened again until it does. */
  | { type: 'source-away'; error: Error }
  /** It does again, after so many milliseconds. */
  | { type: 'source-back'; name: string; after: number }
  /** The face is in the spool. */
  | { type: 'face'; face: FaceIdentity; message: OutgoingMessage }
  /** A face is not kept; told for the first of a row of the same reason. */
  | { type: 'refused'; error: FacepipeError }
  /** Such a row is over: these faces are lost. */
  | { type: 'lost'; lost: LostFaces }
  /** A visit begins, ends, or has a picture in the spool. */
  | { type: 'visit'; visit: VisitMessage }
  /** A visit (ULID) ended that never moved nor changed: perhaps a picture on a wall. It is sent once. */
  | { type: 'static'; visit: string }
  /** A visit (ULID) ended without a picture, as the best one had no more than this quality, 0 to 100. */
  | { type: 'poor'; visit: string; quality: number }
  /** Pictures of open visits cannot be kept on the disk: a crash would lose them. Told for the first of a row. */
  | { type: 'unkept'; folder: string; error: Error }
  /** So many pictures of visits that a crash cut off were damaged, and are lost. */
  | { type: 'visits-damaged'; folder: string; files: number }
  /** Faces of a stream that one broker never gets; told every 5 s and at the end. */
  | ({ type: 'dropped'; stream: string } & DroppedRange)
  /** Faces wait for room in the spool; told once, until there is some. */
  | { type: 'full'; folder: string }
  /** So many faces are left in the spool at the end. */
  | { type: 'left'; faces: number; folder: string };
