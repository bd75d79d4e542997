import type { PageState } from '../state/page-state.js';

export interface CameraTrouble {
  reason: string;
  since?: number;
  /** Address of the remedy. */
  help?: string;
}

/** Why there is no picture of the camera; undefined while there is one. */
export function cameraTrouble({ hops, devices }: PageState): CameraTrouble | undefined {
  const hop = hops.get('camera');
  const [device] = devices.values();
  if (hop?.state === 'down') {
    const { reason = 'No reason was given.', since, help } = hop;
    return { reason, since, ...(help !== undefined && { help }) };
  }
  if (device?.state !== 'offline' || hop?.state === 'up') return undefined;
  const { reason = 'No reason was given.', since } = device;
  return { reason, ...(since !== undefined && { since }) };
}
