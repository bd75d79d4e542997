import type { Box, PictureRole, QualityParts, Size } from '@facepipe/wire';

/**
 * What the server of the page tells the page, and what the page asks of it. One WebSocket carries everything: texts
 * are JSON, binary messages are frames. Times are milliseconds since 1970, by the clock of the server.
 */

/** The way of a face, in its order. What a view cannot see is left out of `Hello.steps`. */
export const steps = ['captured', 'spooled', 'edge', 'forwarded', 'stored', 'receipt'] as const;
export type Step = (typeof steps)[number];

/** The first message of the server. */
export interface Hello {
  type: 'hello';
  version: string;
  /** Of facepipe's program that serves the page. */
  mode: 'demo' | 'capture' | 'view';
  /** For the title: the device, or the broker's URL without its secrets. */
  title: string;
  /** By the server's clock, ms. */
  now: number;
  /** Whether there is a picture of the camera. */
  video: boolean;
  /** Whether objects can be opened from the store. */
  objects: boolean;
  /** The steps of a face that are seen from here. */
  steps: readonly Step[];
  /** Where faces count; absent where there is no camera. */
  areas?: Areas;
  /** Points of the last hour's charts at most, and ms between two of them. */
  samples: { most: number; every: number };
}

/** Fractions of the frame: `[[x, y], …]`. */
export type Polygon = readonly (readonly [x: number, y: number])[];

/** As `--include` and `--exclude` say. */
export interface Areas {
  include: readonly Polygon[];
  exclude: readonly Polygon[];
}

/** A device, which is a camera with its capture. */
export interface DeviceView {
  device: string;
  /** `unknown` until a status of it is seen. */
  state: 'online' | 'offline' | 'unknown';
  /** Why it is offline while its program runs. */
  reason?: string;
  /** When that began. */
  since?: number;
  version?: string;
  /** When something of it came last. */
  seen: number;
  /** Visits now. */
  active?: number;
  /** Faces that wait in its spool. */
  outstanding?: number;
  /** Faces that its broker will never get. */
  lost?: number;
  /** Counts of its status, since its start. */
  totals: Record<string, number>;
  /** The same a second. */
  rates: Record<string, number>;
  /** Id of the latest picture. */
  picture?: string;
}

/** One face that was sent. */
export interface PictureView {
  /** ULID; of a foreign image its SHA-256. */
  id: string;
  device: string;
  /** ULID of its visit. */
  visit?: string;
  role?: PictureRole;
  captured: number;
  /** 0 to 100. */
  quality?: number;
  parts?: QualityParts;
  /** The network's score, 0 to 1. */
  verify?: number;
  /** Of the face in the frame. */
  box?: Box;
  frame?: Size;
  bytes: number;
  contentType?: string;
  /** When it got there. */
  steps: Partial<Record<Step, number>>;
  /** Why it will never be stored. */
  dead?: string;
  /** Of its object in the store, where that is known. */
  key?: string;
  /** Whether `pictures/{id}` still has it. */
  kept: boolean;
}

/** A visit, open or over. */
export interface VisitView {
  /** ULID. */
  visit: string;
  device: string;
  begin: number;
  /** Absent while it lasts. */
  end?: number;
  /** Times the face was seen. */
  frames: number;
  /** Of its best picture so far. */
  quality?: number;
  /** Ids of its pictures, the latest last. */
  pictures: readonly string[];
}

/** A program or a link on the way. */
export interface HopView {
  /** Unique: `camera`, `capture`, `edge`, `forward`, `cloud`, `sink`, `store`, or that with the broker's URL. */
  hop: string;
  /** In words: *Edge broker*. */
  title: string;
  /** What it is: the camera's name, the broker's URL without secrets. */
  detail?: string;
  /** `degraded`: it goes on, and something of it needs attention. */
  state: 'up' | 'degraded' | 'down' | 'unknown';
  /** In words; absent while it is up. */
  reason?: string;
  /** The address of a page that explains the remedy. */
  help?: string;
  /** When the state began. */
  since: number;
  /** Counts by name, in the order in which they are to be shown. */
  counts: Record<string, number>;
}

/** One chart of the last hour. */
export interface ChartView {
  /** Names its values in `Samples`. */
  chart: string;
  /** Whose it is. */
  hop: string;
  title: string;
  /** `faces/s`, `ms`, `faces`, `frames/s`, `bytes`. */
  unit: string;
}

/** Points in time, and the value of each chart there; null where it was not known. */
export interface Samples {
  times: readonly number[];
  values: Record<string, readonly (number | null)[]>;
}

/** Something to know, at the level warn or above. */
export interface ProblemView {
  /** 1, 2, 3 … */
  problem: number;
  time: number;
  level: 'warn' | 'error';
  text: string;
  /** `FACEPIPE_E_…`, where it has one. */
  code?: string;
  help?: string;
  device?: string;
}

/**
 * Everything, once, after `hello`; then what changed since the message before, five times a second at most. Where
 * nothing changes, one that says so every 15 s.
 */
export interface Update {
  type: 'state' | 'patch';
  now: number;
  /** Replaces what is known of each. */
  devices?: readonly DeviceView[];
  pictures?: readonly PictureView[];
  visits?: readonly VisitView[];
  hops?: readonly HopView[];
  charts?: readonly ChartView[];
  problems?: readonly ProblemView[];
  /** Of a patch: points to add. */
  samples?: Samples;
  /** What is forgotten. */
  gone?: { devices?: readonly string[]; pictures?: readonly string[]; visits?: readonly string[] };
  /** People who look at the page now. */
  viewers?: number;
}

/** What became of something in a frame so far. */
export interface CandidateView {
  box: Box;
  /**
   * `visit`: of a visit. `new`: a face that is no visit yet. `weak`: a score that only goes on with a visit. The others
   * were left out: `rejected` by the network, `masked` by the areas, `static` where something lifeless is.
   */
  fate: 'visit' | 'new' | 'weak' | 'rejected' | 'masked' | 'static';
  /** A few words, of what was left out. */
  why?: string;
  /** ULID of its visit. */
  visit?: string;
  /** When that began. */
  begin?: number;
  /** 0 to 100, of this look. */
  quality?: number;
  /** 0 to 1. */
  verify?: number;
}

/** Goes before the JPEG of a frame. */
export interface FrameHead extends Size {
  /** Number of the frame. */
  number: number;
  captured: number;
  /** Size of the frame in which the boxes are, which may be larger than the JPEG. */
  full: Size;
  /** Whether it was searched: in a still one nothing moved, and the boxes are those of before. */
  still: boolean;
  candidates: readonly CandidateView[];
}

/** What the page says. */
export type Request =
  /** Which frames it wants: none, or those of the camera, with what was left out if `rejected`. */
  | { type: 'watch'; frames: boolean; rejected: boolean }
  /** It has drawn a frame, and can take the next one. */
  | { type: 'drawn'; number: number };

/** Length of the head, big-endian, before head and JPEG. */
const prefix = 4;

/** A frame as one binary message: 4 bytes with the length of the head, the head as JSON in UTF-8, the JPEG. */
export function encodeFrame(head: FrameHead, jpeg: Uint8Array): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(prefix + json.length + jpeg.length);
  new DataView(bytes.buffer).setUint32(0, json.length);
  bytes.set(json, prefix);
  bytes.set(jpeg, prefix + json.length);
  return bytes;
}

/** The reverse, on the page; undefined where it is no such message. */
export function decodeFrame(
  bytes: Uint8Array<ArrayBuffer>,
): { head: FrameHead; jpeg: Uint8Array<ArrayBuffer> } | undefined {
  if (bytes.length < prefix) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (length > bytes.length - prefix) return undefined;
  const json = new TextDecoder().decode(bytes.subarray(prefix, prefix + length));
  return { head: JSON.parse(json) as FrameHead, jpeg: bytes.subarray(prefix + length) };
}
