import { readdir } from 'node:fs/promises';
import { FacepipeError } from '@facepipe/service';
import { sourceError } from '../source/source-error.js';
import { type Control, readControls } from './control.js';
import { Device, type DeviceIdentity, identify, type Purpose } from './device.js';
import { cameraFault } from './fault.js';
import { loadLibc } from './libc.js';
import { type FormatOffer, readOffers } from './offer.js';

/** Opens a device, asks, closes it. @throws FACEPIPE_E_CAMERA_… */
export async function withDevice<T>(path: string, ask: (device: Device) => T): Promise<T> {
  try {
    const device = await Device.open(path);
    try {
      return ask(device);
    } finally {
      device.close();
    }
  } catch (error) {
    throw await cameraFault(path, error);
  }
}

/** The video device nodes there are, by number. */
async function videoNodes(): Promise<string[]> {
  const names = await readdir('/dev').catch(() => []);
  const numbers = names.flatMap((name) => /^video(\d+)$/.exec(name)?.[1] ?? []);
  return numbers.sort((a, b) => Number(a) - Number(b)).map((number) => `/dev/video${number}`);
}

/** A camera with all it can do. */
export interface Camera extends DeviceIdentity {
  formats: FormatOffer[];
  controls: Control[];
}

export interface Survey {
  cameras: Camera[];
  /** Nodes that could not be asked, each with the reason. */
  refused: FacepipeError[];
}

/** Every camera of this machine; nodes that are no capture devices are left out. @throws FACEPIPE_E_CAMERA_PLATFORM */
export async function surveyCameras(): Promise<Survey> {
  // said even where there is no node to open
  await loadLibc();
  const survey: Survey = { cameras: [], refused: [] };
  for (const path of await videoNodes()) {
    try {
      const camera = await withDevice(path, (device) => {
        const { purpose, ...identity } = identify(device);
        if (purpose !== 'capture') return undefined;
        return { ...identity, formats: readOffers(device), controls: readControls(device) };
      });
      if (camera) survey.cameras.push(camera);
    } catch (error) {
      if (!(error instanceof FacepipeError) || error.code === 'FACEPIPE_E_CAMERA_PLATFORM') throw error;
      survey.refused.push(error);
    }
  }
  return survey;
}

/**
 * The camera that `v4l2:WANTED` means: a path, a card's name or a bus position (as a part of it too, where nothing has
 * it whole), the number of a device node, or the first that can capture when it is empty.
 * @throws FACEPIPE_E_CAMERA_NOT_FOUND, FACEPIPE_E_CAMERA_AMBIGUOUS, FACEPIPE_E_CAMERA_KIND,
 *   FACEPIPE_E_CAMERA_PERMISSION, …
 */
export async function findCamera(asked: string): Promise<DeviceIdentity> {
  const wanted = /^\d+$/.test(asked) ? `/dev/video${Number(asked)}` : asked;
  if (wanted.startsWith('/')) {
    const { purpose, ...identity } = await withDevice(wanted, identify);
    if (purpose !== 'capture') {
      throw sourceError('FACEPIPE_E_CAMERA_KIND', { source: wanted, problem: problems[purpose] });
    }
    return identity;
  }
  const { cameras, refused } = await surveyCameras();
  const found = choose(cameras, wanted);
  if (found) return found;
  // the one that is meant may be among those that could not be asked
  if (refused[0]) throw refused[0];
  const names = cameras.map(({ card, path }) => `${card} at ${path}`).join(', ');
  const source = wanted === '' ? 'that can capture' : `named ${wanted}`;
  throw sourceError('FACEPIPE_E_CAMERA_NOT_FOUND', { source, found: names && `: there is ${names}` });
}

const problems: Readonly<Record<Exclude<Purpose, 'capture'>, string>> = {
  'multi-planar': 'it delivers pictures in several planes (multi-planar V4L2), which are not read',
  other: 'it takes no pictures (a metadata, output or radio node)',
};

/**
 * Pure: a whole name wins over a part of one. A number is that of the device node, as OpenCV's VideoCapture takes it.
 * @throws FACEPIPE_E_CAMERA_AMBIGUOUS where a part is in the names of several
 */
export function choose<T extends Pick<Camera, 'path' | 'card' | 'bus' | 'formats'>>(
  cameras: readonly T[],
  wanted: string,
): T | undefined {
  // a loopback device nobody writes to has no formats
  if (wanted === '') return cameras.find(({ formats }) => formats.length > 0);
  if (/^\d+$/.test(wanted)) return cameras.find(({ path }) => path === `/dev/video${Number(wanted)}`);
  const lower = wanted.toLowerCase();
  const whole =
    cameras.find(({ card, bus }) => card === wanted || bus === wanted) ??
    cameras.find(({ card, bus }) => card.toLowerCase() === lower || bus.toLowerCase() === lower);
  if (whole) return whole;
  const parts = cameras.filter(({ card, bus }) =>
    [card, bus].some((name) => name.toLowerCase().includes(lower)),
  );
  // two nodes of one camera are one
  if (new Set(parts.map(({ bus }) => bus)).size > 1) {
    const found = parts.map(({ card, path, bus }) => `${card} at ${path} (${bus})`).join(', ');
    throw sourceError('FACEPIPE_E_CAMERA_AMBIGUOUS', { wanted: JSON.stringify(wanted), found });
  }
  return parts[0];
}

/**
 * Where a camera is now, as its number changes when it is plugged in again: the path of the one with the same card at
 * the same bus position. Where it was is asked first, as a camera with depth and colour shows several such.
 */
export async function locate({ path, card, bus }: DeviceIdentity): Promise<string | undefined> {
  for (const node of new Set([path, ...(await videoNodes())])) {
    const found = await withDevice(node, identify).catch(() => undefined);
    if (found?.purpose === 'capture' && found.card === card && found.bus === bus) return node;
  }
  return undefined;
}
