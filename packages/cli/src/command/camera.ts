import type { WatchedSource } from '@facepipe/edge/capture/metrics';
import { lastingSource } from '@facepipe/edge/source/lasting';
import { isCamera, openSource } from '@facepipe/edge/source/open';
import type { SourceOptions } from '@facepipe/edge/source/source';
import type { Session } from './session.js';

/**
 * Opens a source, a camera or a stream under its watchdog; its comings and goings are logged once each and told.
 * @param onChange called with why no frames come, and with undefined once they do again
 * @throws what `openSource` throws
 */
export async function openWatched(
  spec: string,
  options: SourceOptions & { stall: number },
  { log }: Session,
  onChange: (away: Error | undefined) => void = () => {},
): Promise<WatchedSource> {
  // at one frame in ten seconds, five without one are no silence
  const stall = Math.max(options.stall, options.fps === undefined ? 0 : 2000 / options.fps);
  const source = await openSource(spec, { ...options, stall });
  if (!isCamera(spec)) return source;
  return lastingSource(source, {
    stall,
    onAway: (reason) => {
      log.warn(`${reason.message} It is opened again until it comes back.`);
      onChange(reason);
    },
    onBack: (after) => {
      log.info(`${source.name} is back after ${(after / 1000).toFixed(1)} s`);
      onChange(undefined);
    },
  });
}
