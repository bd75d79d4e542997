import { defineErrors, type ErrorEntry } from './error.js';

export const wireErrors = {
  FACEPIPE_E_NOT_AN_IMAGE: {
    exit: 1,
    message: 'The payload of {size} bytes is not an image: {reason}.',
    remedy: 'Publish a PNG, JPEG, WebP, GIF, TIFF or AVIF file.',
  },
} as const satisfies Record<`FACEPIPE_E_${string}`, ErrorEntry>;

export const wireError = defineErrors(wireErrors);
