/** Pixels. */
export interface Size {
  width: number;
  height: number;
}

/** A rectangle in pixels of the upright frame; `x` and `y` count from the top left corner. */
export interface Box extends Size {
  x: number;
  y: number;
}

/** What the quality of a face is made of, 0 to 100 each, in the order of the text form. */
export interface QualityParts {
  size: number;
  sharpness: number;
  frontality: number;
  exposure: number;
  edge: number;
  motion: number;
}

/** Why a picture is sent: the first good one of its visit, the best so far or of all, or as every one is. */
export type PictureRole = 'first' | 'best' | 'every';

/**
 * What a picture shows, where it is not the face alone: `context` is the whole frame, with the faces of all others made
 * unrecognisable.
 */
export type PictureKind = 'context';

/** What is known about one captured face. Travels in MQTT 5 properties and inside the image file. */
export interface FaceFacts {
  /** ULID given at capture; the identity of this face everywhere after. */
  id: string;
  /** Who captured it. Any text without control characters. */
  device: string;
  /** ULID of the spool `seq` counts in. */
  stream: string;
  /** 1, 2, 3 … within `stream`. */
  seq: number;
  /** When the frame was taken, to the millisecond. */
  captured: Date;
  /** Number of the frame in its source, from 0 or 1 as the source counts. */
  frame: number;
  frameSize: Size;
  box: Box;
  /** OpenCV's neighbour count: how many raw hits were merged into this face. */
  neighbors: number;
  /** How sure the network was that this is a face, 0 to 1 with at most three decimals, where one was asked. */
  verify?: number;
  /** Which visit of a face this belongs to, when tracking is on. */
  track?: string;
  /** How well the face is to be seen, 0 to 100, where that was measured. */
  quality?: number;
  qualityParts?: QualityParts;
  /** Why this picture of its visit was sent. */
  role?: PictureRole;
  /** Absent of a picture of the face. Of a context `frameSize` is the picture's own size, and `box` lies in that. */
  kind?: PictureKind;
  /** ULID of the face whose context this is; with `kind` only. */
  of?: string;
  /** Cascades and engine with version, and what confirmed the face, if something did. */
  detector: string;
}
