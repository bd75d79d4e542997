import { printable } from '@facepipe/service';
import type { Arrival, DeadFace } from '@facepipe/wire';

/** A face as `facepipe log` shows it; `device` is the topic level, which the broker guards. */
export interface FaceLine extends Arrival {
  device?: string;
}

/** One line of JSON: what is known of the face, without its pixels. */
function faceObject({ id, device, facts, topic, contentType, width, height, payload, sha256 }: FaceLine) {
  const image = { contentType, width, height, bytes: payload.length, sha256 };
  if (!facts) return { id, device, topic, image };
  const { stream, seq, captured, frame, frameSize, box, neighbors, detector } = facts;
  const { verify, track, quality, qualityParts, role, kind, of } = facts;
  return {
    id,
    device,
    stream,
    seq,
    captured: captured.toISOString(),
    frame,
    frameSize,
    box,
    neighbors,
    verify,
    track,
    quality,
    qualityParts,
    role,
    kind,
    of,
    detector,
    topic,
    image,
  };
}

/** Columns of a line for people; a device with a longer name is cut, `--json` has it whole. */
const columns = 100;
const minDevice = 6;
const longestReason = 40;

/** Columns that a terminal takes for a character: those from Hangul on, and emoji, mostly two. */
const widthOf = (character: string): number => ((character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1);

/** The beginning of a text that has room in so many columns. */
function cut(text: string, room: number): string {
  const characters = [...text];
  if (characters.reduce((sum, character) => sum + widthOf(character), 0) <= room) return text;
  let kept = '';
  let left = room - 1;
  for (const character of characters) {
    left -= widthOf(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept}…`;
}

/**
 * The device and what is said of it. Text from the network is escaped: it cannot repaint the terminal or forge a line.
 */
function lineOf(
  device: string,
  kind: 'face' | 'frame' | 'stored' | 'dead',
  words: readonly string[],
): string {
  const rest = ['', kind.padEnd(6), ...words].join('  ');
  return `${cut(printable(device), Math.max(minDevice, columns - rest.length))}${rest}`;
}

/** UTC, to the second: `2026-11-21T12:34:56Z`. */
const timeOf = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

/**
 * `door  face    2026-11-21T12:34:56Z  seq 12  64x64+100+80  01K…`: at most 100 columns, the device first; of a context
 * `frame`.
 */
export function formatFace(face: FaceLine, json: boolean): string {
  if (json) return JSON.stringify(faceObject(face));
  const { id, device = '-', facts, extension } = face;
  if (!facts) return lineOf(device, 'face', [`foreign ${extension}`, id]);
  const { box, captured, seq } = facts;
  const place = `${box.width}x${box.height}+${box.x}+${box.y}`;
  return lineOf(device, facts.kind === 'context' ? 'frame' : 'face', [
    timeOf(captured),
    `seq ${seq}`,
    place,
    id,
  ]);
}

/** A line for each face; with `--json` an object for all. */
export function formatReceipt(device: string, ids: readonly string[], json: boolean): string {
  if (json) return JSON.stringify({ device, stored: ids });
  return ids.map((id) => lineOf(device, 'stored', [printable(id)])).join('\n');
}

export function formatDead(device: string, dead: readonly DeadFace[], json: boolean): string {
  if (json) return JSON.stringify({ device, dead });
  return dead.map(({ id, reason }) => lineOf(device, 'dead', [cut(reason, longestReason), id])).join('\n');
}
