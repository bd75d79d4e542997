import { defineErrors, type ErrorEntry } from './error.js';

/** Every error this package throws; docs/errors.md is made from it. */
export const serviceErrors = {
  FACEPIPE_E_ARGUMENT: {
    exit: 2,
    message: 'Expected {expected} for {name} but received {received}.',
    remedy: 'The type declarations of the package say what it takes.',
  },
  FACEPIPE_E_HEALTH_PORT: {
    exit: 2,
    message: 'The health port {port} cannot be opened on {host} ({reason}).',
    remedy: 'Give another --port (0 picks a free one) or --host.',
  },
  FACEPIPE_E_SECRET_DAMAGED: {
    exit: 2,
    message: 'The file {file}, of which client ids are made, is damaged.',
    remedy:
      'Restore it, or give --client-id the id of before; without it, what brokers queued for this program is out of its reach.',
  },
} as const satisfies Record<`FACEPIPE_E_${string}`, ErrorEntry>;

export const serviceError = defineErrors(serviceErrors);
