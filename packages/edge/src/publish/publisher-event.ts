import { FacepipeError } from '@facepipe/service';
import type { SpooledFace } from '../spool/face.js';

/** What becomes of faces on their way to one broker, by the name it has in the spool. */
export type PublisherEvent = Told & { readonly broker: string };

/** The same before it is said which broker it was. */
export type Told =
  | { type: 'connected'; url: string }
  /** The broker is offline; told whenever the reason changes. */
  | { type: 'away'; error: FacepipeError }
  /** Another capture, or somebody who says so, has the name there. */
  | { type: 'name-taken'; error: FacepipeError }
  | { type: 'published'; face: SpooledFace }
  /** Its receipt came: a store has it. */
  | { type: 'stored'; id: string; seq: number }
  /** Told once, until somebody subscribes. */
  | { type: 'no-subscribers'; topic: string }
  | { type: 'subscribed'; topic: string }
  /** The broker did not take a face; `first` of a row. */
  | { type: 'retry'; error: Error; first: boolean }
  /** No receipts come for so many faces; told once, until one does. */
  | { type: 'silent'; faces: number }
  | { type: 'receipts' }
  | { type: 'dead'; id: string; seq: number; reason: string }
  /** A receipt that cannot be read. */
  | { type: 'stray'; error: Error }
  /** The broker did not take a status with what it never gets: it comes with the next one. */
  | { type: 'untold'; error: Error };

/** What one broker took, over this run. */
export interface PublisherTotals {
  /** Faces it acknowledged, each counted once. */
  published: number;
  /** Of these, faces that an earlier run had captured. */
  earlier: number;
  /** Faces published once more since their receipts were late. */
  republished: number;
  /** Publishes that nobody subscribed to. */
  unrouted: number;
  /** Faces whose receipts came. */
  stored: number;
  /** Faces that a receipt says will never be stored. */
  dead: number;
}

/** What no repetition can fix: the broker will say the same next time. */
const hopeless = {
  FACEPIPE_E_TOO_LARGE: 'too-large',
  FACEPIPE_E_TOPIC: 'unsendable',
  FACEPIPE_E_PROPERTY: 'unsendable',
} as const;

/** Why the spool gives a face up for a broker; undefined where it is tried again. */
export const hopelessReason = (error: Error): (typeof hopeless)[keyof typeof hopeless] | undefined =>
  error instanceof FacepipeError && Object.hasOwn(hopeless, error.code)
    ? hopeless[error.code as keyof typeof hopeless]
    : undefined;
