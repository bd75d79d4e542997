import { FacepipeError } from '@facepipe/service';

/** The exit codes of every `facepipe` command. */
export const Exit = {
  done: 0,
  failed: 1,
  usage: 2,
  source: 3,
  broker: 4,
  store: 5,
  interrupted: 130,
  terminated: 143,
} as const;

/** What `@facepipe/core`, which knows of no exit codes, throws while running; all else there is about an argument. */
const failedInCore = new Set(['FACEPIPE_E_ENGINE_FAILED', 'FACEPIPE_E_DETECTOR_CLOSED']);

/** The exit code an error ends the program with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof FacepipeError) return error.exit;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('FACEPIPE_E_') && !failedInCore.has(code) ? Exit.usage : Exit.failed;
}

/** True for errors whose message is the whole story; anything else is a bug and deserves its stack. */
export function isExpected(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('FACEPIPE_E_');
}
