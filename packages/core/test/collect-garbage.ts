import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects what nobody holds. Undefined in a runtime that shows no `gc()`. */
export const collectGarbage: (() => void) | undefined = runInNewContext('globalThis.gc');
