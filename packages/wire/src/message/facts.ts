import { expectArgument, expectMembers, isId } from '@facepipe/service';
import { wireError } from '../errors.js';
import type { Box, FaceFacts, PictureRole, QualityParts, Size } from './face.js';
import { isShortText, ownCopy } from './text.js';

const natural = /^(0|[1-9]\d{0,15})$/;
/** 0 to 1, without an exponent: three decimals are written, more are read. */
const share = /^(0(\.\d{1,15})?|1(\.0{1,15})?)$/;

const prefix = 'facepipe:';

type Fields = Record<string, string | undefined>;

function invalid(field: string, expected: string, value: string | undefined): never {
  const shown = value === undefined ? 'nothing' : `"${value.length > 80 ? `${value.slice(0, 80)}…` : value}"`;
  throw wireError('FACEPIPE_E_FACTS_INVALID', { field, expected, value: shown });
}

function idOf(fields: Fields, field: string): string {
  const value = fields[field];
  return value !== undefined && isId(value) ? value : invalid(field, 'a ULID', value);
}

function textOf(fields: Fields, field: string): string {
  const value = fields[field];
  return isShortText(value) ? value : invalid(field, '1 to 256 characters without control characters', value);
}

function numberOf(fields: Fields, field: string, min: 0 | 1, max = Number.MAX_SAFE_INTEGER): number {
  const value = fields[field];
  const number = value !== undefined && natural.test(value) ? Number(value) : Number.NaN;
  const expected = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return number >= min && number <= max ? number : invalid(field, `an integer ${expected}`, value);
}

function shareOf(fields: Fields, field: string): number {
  const value = fields[field];
  return value !== undefined && share.test(value)
    ? Number(value)
    : invalid(field, 'a number from 0 to 1', value);
}

function dateOf(fields: Fields, field: string): Date {
  const value = fields[field];
  const date = new Date(value ?? Number.NaN);
  const ok = !Number.isNaN(date.getTime()) && date.toISOString() === value && /^\d{4}-/.test(value);
  return ok ? date : invalid(field, 'a UTC time like 2026-11-21T12:34:56.789Z', value);
}

function integersOf(value: string | undefined, separator: string, count: number): number[] | undefined {
  const parts = value?.split(separator) ?? [];
  if (parts.length !== count || !parts.every((part) => natural.test(part))) return undefined;
  return parts.map(Number);
}

function sizeOf(fields: Fields, field: string): Size {
  const [width = 0, height = 0] = integersOf(fields[field], 'x', 2) ?? [];
  return width > 0 && height > 0
    ? { width, height }
    : invalid(field, 'a size like 640x480 with both sides of at least 1', fields[field]);
}

function boxOf(fields: Fields, field: string, frame: Size): Box {
  const [x = 0, y = 0, width = 0, height = 0] = integersOf(fields[field], ',', 4) ?? [];
  return width > 0 && height > 0 && x + width <= frame.width && y + height <= frame.height
    ? { x, y, width, height }
    : invalid(field, `x,y,w,h within the frame of ${frame.width}x${frame.height}`, fields[field]);
}

/** In the order of the text form. */
const partNames = ['size', 'sharpness', 'frontality', 'exposure', 'edge', 'motion'] as const;

function partsOf(fields: Fields, field: string): QualityParts {
  const parts = integersOf(fields[field], ',', partNames.length);
  if (!parts || Math.max(...parts) > 100) {
    return invalid(field, `${partNames.join(',')} from 0 to 100`, fields[field]);
  }
  const [size = 0, sharpness = 0, frontality = 0, exposure = 0, edge = 0, motion = 0] = parts;
  return { size, sharpness, frontality, exposure, edge, motion };
}

const roles: readonly PictureRole[] = ['first', 'best', 'every'];

function roleOf(fields: Fields, field: string): PictureRole {
  return roles.find((role) => role === fields[field]) ?? invalid(field, roles.join(', '), fields[field]);
}

/** The fields of a visit's picture, those that there are. */
function visitFields({ track, quality, qualityParts, role }: FaceFacts): Record<string, string> {
  return {
    ...(track === undefined ? {} : { track }),
    ...(quality === undefined ? {} : { quality: String(quality) }),
    ...(qualityParts === undefined
      ? {}
      : { 'quality-parts': partNames.map((part) => String(qualityParts[part])).join(',') }),
    ...(role === undefined ? {} : { role }),
  };
}

/** What is known of the visit; each may be missing. */
function visitOf(fields: Fields): Pick<FaceFacts, 'track' | 'quality' | 'qualityParts' | 'role'> {
  return {
    ...(fields.track === undefined ? {} : { track: textOf(fields, 'track') }),
    ...(fields.quality === undefined ? {} : { quality: numberOf(fields, 'quality', 0, 100) }),
    ...(fields['quality-parts'] === undefined ? {} : { qualityParts: partsOf(fields, 'quality-parts') }),
    ...(fields.role === undefined ? {} : { role: roleOf(fields, 'role') }),
  };
}

/** To three decimals, as `0.97`; what is no number stays what it is, to be refused. */
function shareText(value: unknown): string {
  return typeof value === 'number' && Number.isFinite(value)
    ? String(Math.round(value * 1000) / 1000)
    : String(value);
}

/** The fields of a picture that is not the face's own. */
function kindFields({ kind, of }: FaceFacts): Record<string, string> {
  return { ...(kind === undefined ? {} : { kind }), ...(of === undefined ? {} : { of }) };
}

/** Both or neither: a context is somebody's. */
function kindOf(fields: Fields): Pick<FaceFacts, 'kind' | 'of'> {
  const { kind, of } = fields;
  if (kind === undefined && of === undefined) return {};
  return { kind: kind === 'context' ? kind : invalid('kind', 'context', kind), of: idOf(fields, 'of') };
}

/**
 * The metadata in their text form, by the names they have as MQTT 5 user properties.
 * @throws FACEPIPE_E_FACTS_INVALID naming the field that would not survive being read back.
 */
export function factsToFields(facts: FaceFacts): Record<string, string> {
  expectMembers('facts', facts, { frameSize: 'object', box: 'object', captured: 'date' });
  const { frameSize, box, captured } = facts;
  const fields = {
    id: facts.id,
    device: facts.device,
    stream: facts.stream,
    seq: String(facts.seq),
    captured: Number.isNaN(captured.getTime()) ? 'Invalid Date' : captured.toISOString(),
    frame: String(facts.frame),
    'frame-size': `${frameSize.width}x${frameSize.height}`,
    box: `${box.x},${box.y},${box.width},${box.height}`,
    neighbors: String(facts.neighbors),
    ...(facts.verify === undefined ? {} : { verify: shareText(facts.verify) }),
    ...visitFields(facts),
    ...kindFields(facts),
    detector: facts.detector,
  };
  factsFromFields(fields);
  return fields;
}

/**
 * The metadata from their text form. Unknown fields are ignored; all but `verify`, those of the visit (`track`,
 * `quality`, `quality-parts`, `role`) and of a context (`kind`, `of`: both or neither) must be there.
 * @throws FACEPIPE_E_FACTS_INVALID naming the first field that is missing or wrong.
 */
export function factsFromFields(fields: Fields): FaceFacts {
  expectArgument('fields', fields, 'object');
  const frameSize = sizeOf(fields, 'frame-size');
  return {
    id: idOf(fields, 'id'),
    device: textOf(fields, 'device'),
    stream: idOf(fields, 'stream'),
    seq: numberOf(fields, 'seq', 1),
    captured: dateOf(fields, 'captured'),
    frame: numberOf(fields, 'frame', 0),
    frameSize,
    box: boxOf(fields, 'box', frameSize),
    neighbors: numberOf(fields, 'neighbors', 0),
    ...(fields.verify === undefined ? {} : { verify: shareOf(fields, 'verify') }),
    ...visitOf(fields),
    ...kindOf(fields),
    detector: textOf(fields, 'detector'),
  };
}

/**
 * The metadata as one line of ASCII for the image's description: `facepipe:` and a query string, UTF-8 percent-encoded.
 */
export function factsToDescription(facts: FaceFacts): string {
  return prefix + new URLSearchParams(factsToFields(facts)).toString();
}

/**
 * The metadata from an image's description; undefined when the description is not ours.
 * @throws FACEPIPE_E_FACTS_INVALID when it is ours and a field is missing or wrong.
 */
export function factsFromDescription(description: string | undefined): FaceFacts | undefined {
  const fields = fieldsOfDescription(description);
  return fields && factsFromFields(fields);
}

/** The fields of an image's description as they stand there, unchecked; undefined when the description is not ours. */
export function fieldsOfDescription(description: string | undefined): Fields | undefined {
  if (!description?.startsWith(prefix)) return undefined;
  const fields = [...new URLSearchParams(description.slice(prefix.length))];
  return Object.fromEntries(fields.map(([name, value]) => [name, ownCopy(value)]));
}
