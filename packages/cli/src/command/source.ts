import { existsSync } from 'node:fs';
import { type Login, type SourceOptions, sourceError } from '@facepipe/edge/source';
import { findCamera } from '@facepipe/edge/v4l2';
import { FacepipeError } from '@facepipe/service';
import { cliError } from '../cli-error.js';
import type { CommandOptions } from '../parse/command.js';
import { firstLine, readFlagFile } from './credentials.js';
import type { Session } from './session.js';

type SourceFlags = Pick<
  CommandOptions<'capture'>,
  | 'width'
  | 'height'
  | 'fps'
  | 'seed'
  | 'realtime'
  | 'control'
  | 'stall-timeout'
  | 'source-user'
  | 'source-password-file'
>;

/** @throws FACEPIPE_E_USAGE for one without the other, FACEPIPE_E_FILE */
function loginOf(flags: SourceFlags): Login | undefined {
  const { 'source-user': user, 'source-password-file': file } = flags;
  if (user === undefined && file === undefined) return undefined;
  if (user === undefined || file === undefined) {
    const problem = 'Expected --source-user and --source-password-file together but received one of them';
    throw cliError('FACEPIPE_E_USAGE', { problem, command: 'capture ' });
  }
  return { user, password: firstLine(readFlagFile('source-password-file', file)) };
}

export function sourceOptions(flags: SourceFlags, session: Session): SourceOptions & { stall: number } {
  const { width, height, fps, seed, realtime, control } = flags;
  const login = loginOf(flags);
  return {
    seed,
    ...(login && { login }),
    stall: flags['stall-timeout'],
    stdin: session.stdin,
    onWarning: (message) => session.log.warn(message),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(fps !== undefined && { fps }),
    ...(realtime !== undefined && { realtime }),
    ...(control !== undefined && { controls: control }),
  };
}

/** As `--source` would name it; undefined where there is no camera. @throws FACEPIPE_E_CAMERA_PERMISSION and others */
async function cameraHere(log: Session['log']): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'webcam';
  try {
    const { card, path } = await findCamera('');
    log.info(`no --source given: taking the camera ${card} at ${path}`);
    return `v4l2:${path}`;
  } catch (error) {
    const code = error instanceof FacepipeError ? error.code : '';
    if (code === 'FACEPIPE_E_CAMERA_PLATFORM' && existsSync('/dev/video0')) {
      log.info('no --source given: taking pictures with node-webcam');
      return 'webcam';
    }
    if (code !== 'FACEPIPE_E_CAMERA_PLATFORM' && code !== 'FACEPIPE_E_CAMERA_NOT_FOUND') throw error;
    return undefined;
  }
}

/**
 * The first camera. Never anything else: a camera that is unplugged must not fill a bucket with pictures of the demo.
 * @throws FACEPIPE_E_SOURCE_NONE where there is none; FACEPIPE_E_CAMERA_PERMISSION and others where it cannot be used
 */
export async function captureSource(log: Session['log']): Promise<string> {
  const camera = await cameraHere(log);
  if (camera === undefined) throw sourceError('FACEPIPE_E_SOURCE_NONE', {});
  return camera;
}

/** For the demo, which is to show something: a camera where one can be used, else the built-in scene; that is said. */
export async function demoSource(log: Session['log']): Promise<string> {
  if (process.platform !== 'linux') return 'demo';
  try {
    const camera = await cameraHere(log);
    if (camera !== undefined) return camera;
    log.warn('no camera and no --source: playing the built-in demo scene');
  } catch (error) {
    if (!(error instanceof FacepipeError)) throw error;
    log.warn(`${error.message} Playing the built-in scene meanwhile.`);
  }
  return 'demo';
}
