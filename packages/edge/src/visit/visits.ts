import type { Landmarks } from '@facepipe/core';
import type { Box, Pixels, Size } from '@facepipe/wire';
import type { ContextFrame } from '../capture/context.js';
import { cropFrame, padBox } from '../capture/crop.js';
import type { Frame } from '../source/source.js';
import { appearanceOf } from './appearance.js';
import { type ChoiceOptions, createChoice, type OwedPicture } from './choice.js';
import type { ChoiceEvent } from './choice-event.js';
import { type FaceContext, measureQuality, type Quality } from './quality.js';
import {
  createTracker,
  type DroppedFace,
  type TrackedFace,
  type TrackerOptions,
  type TrackerUpdate,
} from './tracker.js';

export interface VisitsOptions extends TrackerOptions, ChoiceOptions {
  /** Margin around a picture, as a fraction of the box. Default 0. */
  padding?: number;
}

/** A face found in a frame. */
export interface FoundFace {
  /** Pixels of the frame; it may reach beyond its edges. */
  box: Box;
  /** That it is a face, 0 to 1: a network's score, or `cascadeConfidence`. */
  confidence: number;
  landmarks?: Landmarks;
  /** Raw hits of a cascade, where it was one that found it. */
  neighbors?: number;
  /** The network's score, where one was asked. */
  verify?: number;
}

/** A picture of a face, and where it is from. */
export interface VisitPicture {
  /** With the margin. */
  pixels: Pixels;
  /** The face within the frame, whole pixels. */
  box: Box;
  frame: Size & { number: number; captured: Date };
  found: FoundFace;
  quality: Quality;
  /** The frame it is from, where that is sent too. */
  whole?: ContextFrame;
}

export interface LookedAt {
  /** What is to be told and sent. */
  events: ChoiceEvent<VisitPicture>[];
  /** The faces that are somebody's, sent or not. */
  looks: { face: TrackedFace; picture: VisitPicture }[];
  /** What is given up, and was no visit. */
  dropped: DroppedFace[];
}

/** A box with less than this left in the frame is no picture, pixels. */
const least = 8;
/** Neighbours at which a cascade's box is a face as likely as not: the threshold that OpenCV's users have. */
const even = 4;

/**
 * What so many neighbours of a cascade's box are worth, where no network was asked: 0 to 1.
 * @param least neighbours at which it is a face as likely as not
 */
export const cascadeConfidence = (neighbors: number, least = even): number =>
  neighbors / (neighbors + Math.max(1, least));

/** The part of a box within the frame, in whole pixels; undefined where next to nothing is. */
function visible({ x, y, width, height }: Box, frame: Size): Box | undefined {
  const [left, top] = [Math.max(0, Math.round(x)), Math.max(0, Math.round(y))];
  const right = Math.min(frame.width, Math.round(x + width));
  const bottom = Math.min(frame.height, Math.round(y + height));
  if (right - left < least || bottom - top < least) return undefined;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * Frames with their faces in, pictures of visits out: tracker, quality and choice in a row. Pure, and by frames' times.
 */
export class Visits {
  readonly #tracker;
  readonly #choice;
  readonly #padding: number;
  /** The last look at each face that is followed. */
  readonly #before = new Map<number, { time: number; frontality: number }>();

  /** @throws FACEPIPE_E_ARGUMENT */
  constructor(options: VisitsOptions = {}) {
    const { padding = 0 } = options;
    this.#tracker = createTracker(options);
    this.#choice = createChoice<VisitPicture>(options);
    this.#padding = padding;
  }

  /** What a face has to have: `confident` to start a visit, `weak` to go on with one, `minQuality` to be sent. */
  get limits(): { confident: number; weak: number; minQuality: number } {
    const { confident, weak } = this.#tracker;
    return { confident, weak, minQuality: this.#choice.minQuality };
  }

  /** Where visits and what may become one should be at a time, to be looked at again: pixels of the last frame. */
  expected(time: number): Box[] {
    return this.#tracker.expected(time);
  }

  /** What open visits would send if they ended now. */
  owed(): OwedPicture<VisitPicture>[] {
    return this.#choice.owed();
  }

  /** Bytes of all pictures that may be sent one day, and of their frames where those are sent too. */
  get heldBytes(): number {
    const held = this.#choice.held();
    const wholes = new Set(held.flatMap(({ whole }) => whole ?? []));
    const sizes = [...held.map(({ pixels }) => pixels.data.length), ...[...wholes].map(({ bytes }) => bytes)];
    return sizes.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Whether a picture from that frame may be sent one day. */
  holds(whole: ContextFrame): boolean {
    return this.#choice.held().some((picture) => picture.whole === whole);
  }

  /** Takes the next frame and the faces in it. @param whole the frame, where it is sent with its pictures */
  look(frame: Frame, found: readonly FoundFace[], whole?: ContextFrame): LookedAt {
    const time = frame.captured.getTime();
    const { width, height } = frame;
    const faces = found.flatMap((face) => {
      const inside = visible(face.box, frame);
      return inside ? [{ found: face, inside, crop: cropFrame(frame, inside) }] : [];
    });
    const detections = faces.map(({ found: { box, confidence }, crop }) => {
      return { box, confidence, appearance: appearanceOf(crop) };
    });
    const update = this.#tracker.update({ time, width, height, detections });
    for (const { id } of [...update.dropped, ...update.ended]) this.#before.delete(id);
    const looks = faces.flatMap(({ found, inside, crop }, i) => {
      const face = update.faces[i];
      if (!face) return [];
      const { box, confidence, landmarks } = found;
      const quality = measureQuality(crop, {
        box,
        frame: { width, height },
        confidence,
        speed: face.speed,
        ...(landmarks && { landmarks }),
        ...this.#lookBefore(face, time),
      });
      this.#before.set(face.id, { time, frontality: quality.parts.frontality });
      const picture: VisitPicture = {
        pixels: this.#padding > 0 ? cropFrame(frame, padBox(inside, this.#padding, frame)) : crop,
        box: inside,
        frame: { width, height, number: frame.number, captured: frame.captured },
        found,
        quality,
        ...(whole && { whole }),
      };
      return [{ face, picture }];
    });
    const candidates = looks
      .filter(({ picture }) => picture.found.confidence >= this.#tracker.confident)
      .map(({ face, picture }) => ({ face, picture, quality: picture.quality.score }));
    return { events: this.#choice.update(time, update, candidates), looks, dropped: update.dropped };
  }

  /** Time that went by without a frame. */
  elapse(time: number): ChoiceEvent<VisitPicture>[] {
    return this.#tell(time, this.#tracker.elapse(time));
  }

  /** The end: all visits are over. */
  finish(time: number): ChoiceEvent<VisitPicture>[] {
    return this.#tell(time, this.#tracker.finish());
  }

  #lookBefore({ id }: TrackedFace, time: number): Pick<FaceContext, 'before'> {
    const before = this.#before.get(id);
    return before ? { before: { frontality: before.frontality, ago: time - before.time } } : {};
  }

  #tell(time: number, update: TrackerUpdate): ChoiceEvent<VisitPicture>[] {
    for (const { id } of [...update.dropped, ...update.ended]) this.#before.delete(id);
    return this.#choice.update(time, update);
  }
}
