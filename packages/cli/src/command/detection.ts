import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { type Cascade, type DetectOptions, loadCascade } from '@facepipe/core';
import type { CaptureOptions, FaceCaptureOptions } from '@facepipe/edge/capture';
import { detectorText, type FaceDetector, type FaceDetectorOptions, isNetwork } from '@facepipe/edge/detect';
import { cliError } from '../cli-error.js';
import type { CommandOptions } from '../parse/command.js';
import { readFlagFile } from './credentials.js';

type DetectionFlags = Pick<
  CommandOptions<'detect'>,
  'cascade' | 'scale-factor' | 'min-neighbors' | 'min-size' | 'max-size' | 'engine' | 'threads' | 'verify'
> &
  Partial<Pick<CommandOptions<'capture'>, 'detect-width'>>;
type VisitFlags = Pick<
  CommandOptions<'capture'>,
  'send' | 'best-within' | 'resend' | 'visit-gap' | 'min-quality'
>;
type FaceCaptureFlags = Pick<
  CommandOptions<'capture'>,
  'name' | 'format' | 'quality' | 'padding' | 'context' | 'frames' | 'duration'
>;

/** What looks for faces, and how. */
export interface Detection {
  detector: FaceDetectorOptions;
  detection: DetectOptions;
}

/** Where the flags say nothing: whether candidates are verified, and the neighbours that a face then needs, or else. */
export interface DetectionDefaults {
  verify: boolean;
  minNeighbors: number;
}

/** Of `detect`: OpenCV's. */
export const pictureDefaults: DetectionDefaults = { verify: false, minNeighbors: 3 };
/** Of `capture` and `demo`: docs/detection.md says why. */
export const cameraDefaults: DetectionDefaults = { verify: true, minNeighbors: 4 };

/** The neighbours that a candidate needs to be worth the network's time, and its least score: docs/detection.md. */
const verified = { minNeighbors: 1, threshold: 0.5 };

/** OpenCV's cascades of human faces, which the network knows; not of eyes, cats, bodies and number plates. */
const ofFaces = /^(haarcascade_|lbpcascade_)?(frontalface|profileface)/;

/** A bundled name as it is; what looks like a path is a file, read here: core does no I/O. */
async function cascadeFrom(cascade: string): Promise<{ cascade: Cascade; bundled: boolean }> {
  // OpenCV's own file names are names, unless such a file is here
  if (!/[/\\]/.test(cascade) && !(cascade.includes('.') && existsSync(cascade)))
    return { cascade: await loadCascade(cascade), bundled: true };
  const loaded = await loadCascade(readFlagFile('cascade', cascade));
  return { cascade: { ...loaded, name: basename(cascade, '.xml') }, bundled: false };
}

/** With commas between them, unless it is one file that has commas in its name. */
function namesOf(cascade: string): string[] {
  return cascade.includes(',') && existsSync(cascade) ? [cascade] : [...new Set(cascade.split(/\s*,\s*/))];
}

/** The network's threshold, or undefined where candidates are not verified. */
function thresholdOf(
  verify: DetectionFlags['verify'],
  byDefault: boolean,
  cascades: readonly { cascade: Cascade; bundled: boolean }[],
): number | undefined {
  if (verify === 'off') return undefined;
  const threshold = typeof verify === 'number' ? verify : verified.threshold;
  const others = cascades.filter(({ cascade }) => !ofFaces.test(cascade.name));
  if (verify === undefined) return byDefault && others.length === 0 ? threshold : undefined;
  const strange = others.find(({ bundled }) => bundled);
  if (!strange) return threshold;
  const expected = `off (the cascade ${strange.cascade.name} finds no human faces)`;
  throw cliError('FACEPIPE_E_FLAG', { flag: 'verify', expected, value: String(verify) });
}

/**
 * What the flags say of looking for faces.
 * @throws FACEPIPE_E_FILE, FACEPIPE_E_FLAG, and what `loadCascade` throws
 */
export async function readDetection(flags: DetectionFlags, defaults: DetectionDefaults): Promise<Detection> {
  const { engine, threads, 'min-size': minSize, 'max-size': maxSize } = flags;
  const sizes = { ...(minSize && { minSize }), ...(maxSize && { maxSize }) };
  if (isNetwork({ engine })) return networkDetection(flags, sizes);
  const cascades = await Promise.all(namesOf(flags.cascade).map(cascadeFrom));
  const verify = thresholdOf(flags.verify, defaults.verify, cascades);
  const unasked = verify === undefined ? defaults.minNeighbors : verified.minNeighbors;
  return {
    detector: {
      cascade: cascades.map(({ cascade }) => cascade),
      engine,
      threads,
      ...(flags['detect-width'] && { width: flags['detect-width'] }),
      ...(verify !== undefined && { verify }),
    },
    detection: {
      scaleFactor: flags['scale-factor'],
      minNeighbors: flags['min-neighbors'] ?? unasked,
      ...sizes,
    },
  };
}

/** A network has no cascade; a threshold is its own. */
function networkDetection({ engine, verify }: DetectionFlags, detection: DetectOptions): Detection {
  return { detector: { engine, ...(typeof verify === 'number' && { verify }) }, detection };
}

/**
 * What looks for faces, for the log: `faces are found by frontalface_alt2 simd 0.1.0, blaze full (min neighbors 1,
 * …)`.
 */
export function lookedForBy(found: FaceDetector, { detector, detection }: Detection): string {
  const conditions = [
    ...(detection.minNeighbors === undefined ? [] : [`min neighbors ${detection.minNeighbors}`]),
    ...(detector.verify === undefined ? [] : [`score ${detector.verify} or more`]),
  ];
  const least = conditions.length > 0 ? ` (${conditions.join(', ')})` : '';
  return `faces are found by ${detectorText(found)}${least}`;
}

/** What the flags say of visits and their pictures. */
export function visitOptions(flags: VisitFlags): NonNullable<CaptureOptions['visits']> {
  const { send, resend } = flags;
  return {
    send,
    bestWithin: flags['best-within'],
    ...(resend !== undefined && { resend }),
    visitGap: flags['visit-gap'],
    minQuality: flags['min-quality'],
  };
}

/** What the flags say of where to look; the library's default of `motion` is `auto`. */
export function regionOptions(
  flags: Pick<CommandOptions<'capture'>, 'include' | 'exclude'> &
    Partial<Pick<CommandOptions<'capture'>, 'motion'>>,
): Pick<CaptureOptions, 'motion' | 'include' | 'exclude'> {
  const { motion, include, exclude } = flags;
  return {
    ...(motion === 'off' && { motion: false }),
    ...(include && { include }),
    ...(exclude && { exclude }),
  };
}

/** What the flags of `capture` and `demo` say of cutting out faces. */
export function faceCaptureOptions(
  flags: FaceCaptureFlags,
): Pick<FaceCaptureOptions, keyof FaceCaptureFlags & keyof FaceCaptureOptions> {
  const { name, format, quality, padding, context, frames, duration } = flags;
  return {
    name,
    format,
    quality,
    padding,
    ...(context !== undefined && { context }),
    ...(frames !== undefined && { frames }),
    ...(duration !== undefined && { duration }),
  };
}
