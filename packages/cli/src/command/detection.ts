import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import {
  type CascadeSource,
  createDetector,
  type DetectOptions,
  type Detector,
  type DetectorOptions,
  loadCascade,
} from '@facepipe/core';
import type { FaceCaptureOptions } from '@facepipe/edge/capture/face-capture';
import type { CommandOptions } from '../parse/command.js';
import { readFlagFile } from './credentials.js';

type DetectionFlags = Pick<
  CommandOptions<'detect'>,
  'cascade' | 'scale-factor' | 'min-neighbors' | 'min-size' | 'max-size' | 'engine' | 'threads'
>;
type FaceCaptureFlags = DetectionFlags &
  Pick<CommandOptions<'capture'>, 'name' | 'format' | 'quality' | 'padding' | 'frames' | 'duration'>;

/** A bundled name as it is; what looks like a path is a file, read here: core does no I/O. */
async function cascadeFrom(cascade: string): Promise<CascadeSource> {
  // OpenCV's own file names are names, unless such a file is here
  if (!/[/\\]/.test(cascade) && !(cascade.includes('.') && existsSync(cascade))) return cascade;
  return { ...(await loadCascade(readFlagFile('cascade', cascade))), name: basename(cascade, '.xml') };
}

async function detectorOptions({ cascade, engine, threads }: DetectionFlags): Promise<DetectorOptions> {
  // a network has no cascade, and no steps between sizes
  return engine === 'blaze' ? { engine, threads } : { cascade: await cascadeFrom(cascade), engine, threads };
}

export async function openDetector(flags: DetectionFlags): Promise<Detector> {
  return createDetector(await detectorOptions(flags));
}

/**
 * The same in a thread of its own, for sources that do not wait. Detection never waits, so on the main thread it would
 * hold up the camera's frames in the operating system's pipes, and the broker's keepalive with them.
 */
export async function openDetectorThread(flags: DetectionFlags): Promise<Detector> {
  return createDetector({ ...(await detectorOptions(flags)), worker: true });
}

export function detectOptions(flags: DetectionFlags): DetectOptions {
  const { 'min-size': minSize, 'max-size': maxSize } = flags;
  return {
    ...(flags.engine !== 'blaze' && {
      scaleFactor: flags['scale-factor'],
      minNeighbors: flags['min-neighbors'],
    }),
    ...(minSize && { minSize }),
    ...(maxSize && { maxSize }),
  };
}

/** What the flags of `capture` and `demo` say of finding and cutting out faces. */
export function faceCaptureOptions(
  flags: FaceCaptureFlags,
): Pick<FaceCaptureOptions, 'detection' | (keyof FaceCaptureFlags & keyof FaceCaptureOptions)> {
  const { name, format, quality, padding, frames, duration } = flags;
  return {
    detection: detectOptions(flags),
    name,
    format,
    quality,
    padding,
    ...(frames !== undefined && { frames }),
    ...(duration !== undefined && { duration }),
  };
}
