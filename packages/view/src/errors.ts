import { defineErrors, type ErrorEntry } from '@facepipe/service';

/** Errors of the page's server; docs/errors.md is made from it. */
export const viewErrors = {
  FACEPIPE_E_VIEW_PORT: {
    exit: 2,
    message: 'The page cannot be served on port {port} of {host} ({reason}).',
    remedy: 'Choose another port, or 0 for a free one, with --view.',
  },
  FACEPIPE_E_VIEW_OPEN: {
    exit: 2,
    message: 'The page on {host} would show the camera to everybody who can reach it.',
    remedy:
      'Give a file with a token that people have to enter with --view-token-file, or serve it on 127.0.0.1.',
  },
  FACEPIPE_E_VIEW_TOKEN: {
    exit: 2,
    message: 'The token of the page has {length} characters, and could be guessed.',
    remedy: 'Write at least 16 into the first line of the file, as `openssl rand -hex 16` makes them.',
  },
} as const satisfies Record<`FACEPIPE_E_${string}`, ErrorEntry>;

export const viewError = defineErrors(viewErrors);

/** Why a hop is not up, in its error's words, and where that is explained. @param error what was thrown, of any kind */
export const reasonOf = (error: unknown): { reason: string; help?: string } => ({
  reason: error instanceof Error ? error.message : String(error),
  ...helpOf(error),
});

/** The address of the page that explains an error of facepipe; nothing of others. */
export function helpOf(error: unknown): { help?: string } {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code !== 'string' || !/^FACEPIPE_E_\w+$/.test(code)) return {};
  return { help: `https://github.com/facepipe/facepipe/blob/main/docs/errors.md#${code.toLowerCase()}` };
}
