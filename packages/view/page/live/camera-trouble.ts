import type { PageState } from '../state/page-state.js';
import { coarse } from '../state/words.js';

/** Why there is no picture of the camera, and since when; undefined while there is one. */
export function cameraTrouble({ hops, devices }: PageState, now: number): string | undefined {
  const hop = hops.get('camera');
  const [device] = devices.values();
  const isOffline = hop?.state === 'down' || (device?.state === 'offline' && hop?.state !== 'up');
  if (!isOffline) return undefined;
  const reason = hop?.reason ?? device?.reason ?? 'No reason was given';
  const since = hop?.state === 'down' ? hop.since : device?.since;
  return since === undefined ? reason : `${reason} · for ${coarse(now - since)}`;
}
