import { realpath } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { FacepipeError } from '@facepipe/service';
import { sourceError } from '../source/source-error.js';
import { groupOf, holderOf } from './holder.js';
import { permissionRemedy } from './permission.js';

/** What a failed system call on a camera means to its user. Errors of other kinds come back as they are. */
export async function cameraFault(path: string, error: unknown): Promise<unknown> {
  if (error instanceof FacepipeError || !(error instanceof Error) || !('code' in error)) return error;
  const source = path;
  switch (error.code) {
    case 'ENOENT':
      return sourceError('FACEPIPE_E_CAMERA_NOT_FOUND', { source, found: '' }, error);
    case 'EACCES':
    case 'EPERM': {
      const user = userName();
      const remedy = await remedyFor(path, error.code, user);
      return sourceError('FACEPIPE_E_CAMERA_PERMISSION', { source, user, remedy }, error);
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
      return sourceError('FACEPIPE_E_CAMERA_KIND', { source, problem: 'it is not a V4L2 device' }, error);
    default:
      return sourceError('FACEPIPE_E_CAMERA_FAILED', { source, reason: String(error.code) }, error);
  }
}

async function remedyFor(path: string, code: 'EACCES' | 'EPERM', user: string): Promise<string> {
  // Debian's group of cameras
  const members: string[] = [];
  const usual = { mode: 0o660, gid: 44, group: { name: 'video', members } };
  const { mode, gid, group } = await groupOf(path).catch(() => usual);
  return permissionRemedy({
    path,
    code,
    mode,
    gid,
    group: group?.name,
    listed: group?.members.includes(user) ?? false,
    joined: [...(process.getgroups?.() ?? []), process.getegid?.()].includes(gid),
    user,
  });
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '$USER';
  }
}
