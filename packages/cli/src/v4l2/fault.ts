import { realpath } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { FacepipeError } from '@facepipe/wire';
import { sourceError } from '../source/error.js';
import { groupOf, holderOf } from './holder.js';

/** What a failed system call on a camera means to its user. Errors of other kinds come back as they are. */
export async function cameraFault(path: string, error: unknown): Promise<unknown> {
  if (error instanceof FacepipeError || !(error instanceof Error) || !('code' in error)) return error;
  const source = path;
  switch (error.code) {
    case 'ENOENT':
      return sourceError('FACEPIPE_E_CAMERA_NOT_FOUND', { source, found: '' }, error);
    case 'EACCES':
    case 'EPERM': {
      const group = await groupOf(path).catch(() => 'video');
      const user = userName();
      return sourceError('FACEPIPE_E_CAMERA_PERMISSION', { source, group, user }, error);
    }
    case 'EBUSY': {
      const file = await realpath(path).catch(() => path);
      const holder = (await holderOf(file).catch(() => undefined)) ?? 'another program';
      return sourceError('FACEPIPE_E_CAMERA_BUSY', { source, holder }, error);
    }
    case 'ENODEV':
    case 'ENXIO':
      return sourceError('FACEPIPE_E_CAMERA_GONE', { source }, error);
    case 'ENOTTY':
    case 'EISDIR':
      return sourceError('FACEPIPE_E_CAMERA_KIND', { source, problem: 'it is no V4L2 device' }, error);
    default:
      return sourceError('FACEPIPE_E_CAMERA_FAILED', { source, reason: String(error.code) }, error);
  }
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '$USER';
  }
}
