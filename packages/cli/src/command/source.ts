import { existsSync } from 'node:fs';
import type { CommandOptions } from '../parse/command.js';
import type { SourceOptions } from '../source/source.js';
import type { Session } from './session.js';

type SourceFlags = Pick<CommandOptions<'capture'>, 'width' | 'height' | 'fps' | 'seed' | 'realtime'>;

export function sourceOptions(flags: SourceFlags, session: Session): SourceOptions {
  const { width, height, fps, seed, realtime } = flags;
  return {
    seed,
    stdin: session.stdin,
    onWarning: (message) => session.log.warn(message),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(fps !== undefined && { fps }),
    ...(realtime !== undefined && { realtime }),
  };
}

/** A webcam where the system shows one, else the built-in scene; which one is said aloud. */
export function defaultSource(log: Session['log']): string {
  if (process.platform !== 'linux' || existsSync('/dev/video0')) return 'webcam';
  log.warn('no camera at /dev/video0 and no --source: playing the built-in demo scene');
  return 'demo';
}
