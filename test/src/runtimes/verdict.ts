import { isDeepStrictEqual } from 'node:util';
import type { Said } from './runtime.js';

/** One check in words: `yes` where everything is as in Node. */
export function verdict(said: Said | undefined, node: Said | undefined): string {
  if (!said) return 'no answer';
  if (isDeepStrictEqual(said, node)) return 'yes';
  if (typeof said.code === 'string') return said.code;
  if (isDeepStrictEqual({ ...said, threads: node?.threads }, node)) return `${said.threads} thread`;
  return `wrong: ${JSON.stringify(said).slice(0, 400)}`;
}
