import { defineErrors, type ErrorEntry } from '@facepipe/service';

/** Errors of the spool; docs/errors.md is made from this table. */
export const spoolErrors = {
  FACEPIPE_E_SPOOL_LOCKED: {
    exit: 2,
    message: 'The spool {folder} is in use by another capture.',
    remedy: 'Stop it, or give this one a --spool (demo: --data) of its own.',
  },
  FACEPIPE_E_SPOOL_FOLDER: {
    exit: 2,
    message: 'The spool cannot be kept in {folder} ({reason}).',
    remedy: 'Choose a --spool (demo: --data) that this user may write to, on a local disk with room.',
  },
  FACEPIPE_E_SPOOL_FOREIGN: {
    exit: 2,
    message: '{folder} is not a spool: {reason}.',
    remedy: 'Choose an empty or a new folder for --spool.',
  },
  FACEPIPE_E_SPOOL_DAMAGED: {
    exit: 1,
    message: 'The spool {folder} cannot be read: {reason}.',
    remedy:
      'Nothing in it was changed: keep it. Use the version that wrote it, or give another --spool meanwhile.',
  },
  FACEPIPE_E_SPOOL_OPTION: {
    exit: 2,
    message: 'Expected {expected} for {option} but received {value}.',
    remedy: '`SpoolOptions` lists what openSpool takes.',
  },
  FACEPIPE_E_SPOOL_DISK_FULL: {
    exit: 1,
    message: 'The disk of the spool {folder} is full.',
    remedy:
      'Make room on it, or choose a smaller --spool-max; faces are taken again as soon as there is room.',
  },
  FACEPIPE_E_SPOOL_FAILED: {
    exit: 1,
    message: 'The spool {folder} cannot be used at the moment ({reason}).',
    remedy: 'Check the disk: `dmesg` may tell more; faces are taken again as soon as it works.',
  },
  FACEPIPE_E_SPOOL_FACE_TOO_LARGE: {
    exit: 1,
    message: 'A face of {size} bytes does not fit in a spool of {max} bytes.',
    remedy: 'Raise --spool-max, or choose --format jpeg.',
  },
  FACEPIPE_E_SPOOL_NO_ROOM: {
    exit: 1,
    message: 'The spool {folder} had no room for a face until the program ended.',
    remedy: 'Look for why the broker was offline in the log, or raise --spool-max.',
  },
  FACEPIPE_E_SPOOL_CLOSED: {
    exit: 1,
    message: 'The spool {folder} is closed.',
    remedy: 'Nothing can be captured while the program is ending.',
  },
} as const satisfies Record<`FACEPIPE_E_${string}`, ErrorEntry>;

export const spoolError = defineErrors(spoolErrors);
