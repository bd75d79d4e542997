import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, FacepipeError, systemClock, unlessAborted } from '@facepipe/service';
import NodeWebcam from 'node-webcam';
import { decodeImage, maxCameraPixels } from './image.js';
import type { Frame, Source, SourceOptions } from './source.js';
import { sourceError } from './source-error.js';

/** node-webcam starts one program per picture; after so many failures in a row the camera is taken for gone. */
const attempts = 5;

/** The program each platform's node-webcam runs, and the devices that are safe inside the shell line it builds. */
const platforms: Partial<
  Record<NodeJS.Platform, { program: string; install: string; device: RegExp; form: string }>
> = {
  linux: {
    program: 'fswebcam',
    install: 'sudo apt-get install fswebcam',
    device: /^\/dev\/[A-Za-z0-9_][A-Za-z0-9_./:+-]*$/,
    form: 'the path of a device such as /dev/video0',
  },
  darwin: {
    program: 'imagesnap',
    install: 'brew install imagesnap',
    device: /^[A-Za-z0-9][A-Za-z0-9 ._()#-]*$/,
    form: 'the name of a camera such as FaceTime HD Camera',
  },
};

/**
 * Pictures through the npm package node-webcam: slow, as it opens the camera anew for each. Live unless `realtime` is
 * false. Default size 640×480; the camera takes the nearest it has.
 * @param device as in `webcam:DEVICE`; empty for the first camera
 * @throws FACEPIPE_E_SOURCE_SPEC, FACEPIPE_E_SOURCE_NOT_FOUND, FACEPIPE_E_WEBCAM_PLATFORM; from `frames`
 * FACEPIPE_E_WEBCAM_MISSING, FACEPIPE_E_WEBCAM_FAILED
 */
export async function webcamSource(
  device: string,
  options: SourceOptions,
  clock: Clock = systemClock,
): Promise<Source> {
  const platform = platforms[process.platform];
  if (!platform) throw sourceError('FACEPIPE_E_WEBCAM_PLATFORM', { platform: process.platform });
  if (device !== '' && !platform.device.test(device)) {
    const problem = `a webcam is named by ${platform.form}`;
    throw sourceError('FACEPIPE_E_SOURCE_SPEC', { source: `webcam:${device}`, problem });
  }
  if (device.startsWith('/')) {
    await access(device).catch(() => {
      throw sourceError('FACEPIPE_E_SOURCE_NOT_FOUND', { source: device });
    });
  }
  const { program, install } = platform;
  const name = device === '' ? 'webcam' : `webcam:${device}`;
  const interval = options.fps === undefined ? 0 : 1000 / options.fps;
  let corrupt = 0;

  async function* frames(signal: AbortSignal): AsyncGenerator<Frame> {
    const folder = await mkdtemp(join(shellSafeFolder(), 'facepipe-'));
    const shoot = createShutter(device, options);
    let pending: Promise<unknown> = Promise.resolve();
    let failures = 0;
    let number = 0;
    try {
      while (!signal.aborted) {
        const begun = clock.elapsed();
        try {
          const shot = shoot(join(folder, 'frame.jpg'));
          pending = shot;
          const bytes = await unlessAborted(shot, signal);
          if (!bytes) return;
          const captured = new Date(clock.now());
          const picture = await decodeImage(bytes, { name: `A picture of ${name}`, limit: maxCameraPixels });
          failures = 0;
          number += 1;
          yield { ...picture, number, captured };
        } catch (error) {
          if (signal.aborted) return;
          if (isMissing(error)) throw sourceError('FACEPIPE_E_WEBCAM_MISSING', { program, install }, error);
          if (error instanceof FacepipeError) corrupt += 1;
          failures += 1;
          if (failures >= attempts) {
            throw sourceError(
              'FACEPIPE_E_WEBCAM_FAILED',
              { source: name, attempts, reason: reasonOf(error, secondsOf(options)) },
              error,
            );
          }
        }
        await clock.sleep(interval - (clock.elapsed() - begun), signal);
      }
    } finally {
      // a program that still runs would write into a folder that is gone
      void pending.catch(() => {}).then(() => rm(folder, { recursive: true, force: true }));
    }
  }

  return {
    name,
    live: options.realtime ?? true,
    get corrupt() {
      return corrupt;
    },
    frames,
  };
}

/** One picture a call, as the bytes of a JPEG file that is removed again: a failed call must not find the last one. */
function createShutter(device: string, options: SourceOptions): (file: string) => Promise<Buffer> {
  const camera = NodeWebcam.create({
    width: options.width ?? 640,
    height: options.height ?? 480,
    quality: 95,
    frames: 1,
    output: 'jpeg',
    device: device === '' ? false : device,
    saveShots: false,
    callbackReturn: 'buffer',
  });
  // fswebcam waits forever for a camera that hangs, and node-webcam keeps its process to itself
  if (process.platform === 'linux')
    Object.assign(camera, { bin: `timeout -k 2 ${secondsOf(options)} fswebcam` });

  return async (file) => {
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        camera.capture(file, (error, data) => {
          if (error) reject(error);
          else resolve(Buffer.from(data));
        });
      });
    } finally {
      await rm(file, { force: true });
    }
  };
}

/** Whole, as not every `timeout` takes fractions. */
function secondsOf({ stall = 5000 }: SourceOptions): number {
  return Math.ceil(stall / 1000);
}

/** node-webcam puts the path into a shell line as it is; TMPDIR may hold anything. */
function shellSafeFolder(): string {
  return /^[\w./:+-]+$/.test(tmpdir()) ? tmpdir() : '/tmp';
}

/** 127 is the shell's exit code for a program that is not there. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 127;
}

function reasonOf(error: unknown, seconds: number): string {
  if (error instanceof FacepipeError) return error.message.replace(/[.\s]+$/, '');
  // it exits 0 without a picture, so the file is missing
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    return 'it left no picture and no error';
  if (error instanceof Error && 'code' in error && error.code === 124)
    return `the camera did not answer in ${seconds} s`;
  return error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : String(error);
}
