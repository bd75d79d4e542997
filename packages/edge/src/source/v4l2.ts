import { FacepipeError } from '@facepipe/service';
import { type Control, controlValue, readControls, setControl } from '../v4l2/control.js';
import { Device, type DeviceIdentity } from '../v4l2/device.js';
import { cameraFault } from '../v4l2/fault.js';
import { findCamera, locate, withDevice } from '../v4l2/find.js';
import { cameraFormats, isRead } from '../v4l2/format.js';
import { type Choice, negotiate } from '../v4l2/negotiate.js';
import { readOffers } from '../v4l2/offer.js';
import { configure, type Granted, Stream } from '../v4l2/stream.js';
import { decodeImage, decodePreview, maxCameraPixels } from './image.js';
import { Pace, pacing } from './pacing.js';
import type { ControlSetting, Frame, Source, SourceOptions } from './source.js';
import { sourceError } from './source-error.js';

/**
 * A camera on Linux, straight from the kernel. Live unless `realtime` is false. `frames` may be called again after it
 * ended or failed: it opens the camera anew, wherever it has been plugged in since.
 * @param wanted as in `v4l2:WANTED`: a path, a card's name, a bus position; empty for the first camera
 * @throws FACEPIPE_E_CAMERA_PLATFORM, FACEPIPE_E_CAMERA_NOT_FOUND, FACEPIPE_E_CAMERA_PERMISSION,
 *   FACEPIPE_E_CAMERA_KIND, FACEPIPE_E_CAMERA_FORMAT, FACEPIPE_E_CONTROL; from `frames` these and
 *   FACEPIPE_E_CAMERA_BUSY, FACEPIPE_E_CAMERA_GONE, FACEPIPE_E_CAMERA_FAILED
 */
export async function v4l2Source(wanted: string, options: SourceOptions): Promise<Source> {
  const camera = await findCamera(wanted);
  const live = options.realtime ?? true;
  const ended = { corrupt: 0, dropped: 0, skipped: 0 };
  const { interval, previews } = pacing(live, { previews: options.previews });
  let undecoded = 0;
  let stream: Stream | undefined;
  let told = '';
  // what is wrong with the wish is said before anything starts
  await withDevice(camera.path, (device) => prepare(device, camera, options));

  const tell = (granted: Granted) => {
    const difference = differenceOf(granted, options);
    if (difference !== undefined && difference !== told) options.onWarning?.(`${camera.card}: ${difference}`);
    told = difference ?? '';
  };

  /** Undefined for a JPEG that cannot be decoded: one bad frame is no bad camera. */
  async function decoded<T>(decoding: Promise<T>): Promise<T | undefined> {
    try {
      return await decoding;
    } catch (error) {
      if (!(error instanceof FacepipeError)) throw error;
      undecoded += 1;
      return undefined;
    }
  }

  async function frameOf(
    data: Buffer,
    { format, width, height }: Granted,
    given: Pick<Frame, 'number' | 'sequence' | 'captured'>,
  ): Promise<Frame | undefined> {
    if (format.frame !== 'jpeg') return { data, width, height, format: format.frame, ...given };
    const how = { name: `A picture of ${camera.card}`, limit: maxCameraPixels };
    const inFull = async (): Promise<Frame | undefined> => {
      const picture = await decoded(decodeImage(data, how));
      return picture && { ...picture, ...given, jpeg: data };
    };
    if (!previews) return inFull();
    const preview = await decoded(decodePreview(data, how));
    if (!preview) return undefined;
    const { whole, ...picture } = preview;
    return { ...picture, ...given, jpeg: data, whole: { ...whole, decode: inFull } };
  }

  async function* frames(signal: AbortSignal): AsyncGenerator<Frame> {
    if (signal.aborted) return;
    const path = await locate(camera);
    if (path === undefined) {
      throw sourceError('FACEPIPE_E_CAMERA_GONE', { source: `${camera.card} (${camera.path})` });
    }
    camera.path = path;
    let number = 0;
    const pace = new Pace(interval);
    try {
      const opened = await openStream(camera, options);
      stream = opened.stream;
      const { granted } = opened;
      tell(granted);
      for await (const { data, sequence, taken } of stream.shots(signal, live)) {
        if (!pace.take(taken)) continue;
        const given = { number: number + 1, sequence, captured: new Date(taken) };
        const frame = await frameOf(data, granted, given);
        if (!frame) continue;
        if (signal.aborted) return;
        number += 1;
        yield frame;
      }
    } catch (error) {
      if (!signal.aborted) throw await cameraFault(path, error);
    } finally {
      if (stream) {
        stream.close();
        ended.corrupt += stream.corrupt;
        ended.dropped += stream.dropped;
        ended.skipped += stream.skipped;
        stream = undefined;
      }
    }
  }

  return {
    name: `${camera.card} (${camera.path})`,
    live,
    get corrupt() {
      return ended.corrupt + undecoded + (stream?.corrupt ?? 0);
    },
    get dropped() {
      return ended.dropped + (stream?.dropped ?? 0);
    },
    get skipped() {
      return ended.skipped + (stream?.skipped ?? 0);
    },
    frames,
  };
}

/** Closed again when anything about it fails. */
async function openStream(camera: DeviceIdentity, options: SourceOptions) {
  const device = await Device.open(camera.path);
  let granted: Granted | undefined;
  try {
    const { choice, settings } = prepare(device, camera, options);
    granted = configure(device, choice);
    if (!granted) throw unreadable(device, camera);
    for (const [control, value] of settings) apply(device, camera, control, value);
  } catch (error) {
    device.close();
    throw error;
  }
  return { stream: new Stream(device, granted), granted };
}

/** @throws FACEPIPE_E_CAMERA_FORMAT, FACEPIPE_E_CONTROL */
function prepare(device: Device, camera: DeviceIdentity, options: SourceOptions) {
  const choice: Choice | undefined = negotiate(readOffers(device, isRead), options);
  if (!choice) throw unreadable(device, camera);
  const wanted = options.controls ?? [];
  const controls = wanted.length > 0 ? readControls(device) : [];
  const settings = wanted.map((setting) => settingOf(setting, controls, camera));
  return { choice, settings };
}

function unreadable(device: Device, camera: DeviceIdentity): FacepipeError {
  const offered = readOffers(device, () => false).map(({ format }) => format);
  return sourceError('FACEPIPE_E_CAMERA_FORMAT', {
    source: `${camera.card} (${camera.path})`,
    offered:
      offered.length > 0
        ? offered.join(', ')
        : 'no format (a loopback device needs a program that writes to it)',
    read: cameraFormats.map(({ name }) => name).join(', '),
  });
}

function settingOf(
  { name, value }: ControlSetting,
  controls: readonly Control[],
  camera: DeviceIdentity,
): [Control, number] {
  const settable = controls.filter(({ readOnly }) => !readOnly);
  const control = settable.find((candidate) => candidate.name === name);
  const refuse = (expected: string) =>
    sourceError('FACEPIPE_E_CONTROL', { camera: camera.card, control: name, value, expected });
  if (!control) {
    const names = settable.map((candidate) => candidate.name).join(', ');
    throw refuse(`one of ${names || 'no controls, as it has none'} for a name`);
  }
  const legal = controlValue(control, value);
  if ('expected' in legal) throw refuse(legal.expected);
  return [control, legal.value];
}

function apply(device: Device, camera: DeviceIdentity, control: Control, value: number): void {
  try {
    setControl(device, control, value);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error) || error.code === 'ENODEV') throw error;
    const expected = control.inactive
      ? 'its automatic to be switched off first'
      : `a value that the camera takes (it said ${error.code})`;
    const values = { camera: camera.card, control: control.name, value, expected };
    throw sourceError('FACEPIPE_E_CONTROL', values, error);
  }
}

/** A part of a sentence, when what was asked for is not what came. */
function differenceOf(granted: Granted, { width, height, fps }: SourceOptions): string | undefined {
  const { format } = granted;
  const same =
    (width ?? granted.width) === granted.width &&
    (height ?? granted.height) === granted.height &&
    // 29.97 is what cameras call 30
    (fps === undefined || granted.fps === undefined || Math.abs(granted.fps - fps) < fps / 50);
  if (same) return undefined;
  const rate = (frames: number | undefined) => (frames === undefined ? '' : ` at ${frames} frames a second`);
  const asked = [width && `width ${width}`, height && `height ${height}`, fps && `${fps} frames a second`];
  return `asked for ${asked.filter(Boolean).join(', ')}, it gives ${granted.width}×${granted.height} ${format.name}${rate(granted.fps)}`;
}
