import { defineErrors, type ErrorEntry, FacepipeError } from '@facepipe/service';

/** Errors of the command line and of the edge's programs; docs/errors.md is made from this table. */
export const cliErrors = {
  FACEPIPE_E_USAGE: {
    exit: 2,
    message: '{problem}.',
    remedy: '`facepipe {command}--help` lists what there is.',
  },
  FACEPIPE_E_CONFIG: {
    exit: 2,
    message: 'The configuration file {file} cannot be used: {problem}.',
    remedy: 'Write one `flag: value` a line in YAML or JSON, flags without their dashes.',
  },
  FACEPIPE_E_FLAG: { exit: 2, message: 'Expected {expected} for --{flag} but received {value}.', remedy: '' },
  FACEPIPE_E_FILE: {
    exit: 2,
    message: 'The file {file} given with --{flag} cannot be read ({reason}).',
    remedy: 'Check its path and permissions.',
  },
  FACEPIPE_E_PEM: {
    exit: 2,
    message: 'The file {file} given with --{flag} {problem}.',
    remedy: 'Certificates and keys are files in PEM, the key without a password.',
  },
  FACEPIPE_E_FOLDER: {
    exit: 2,
    message: 'The folder {folder} given with --{flag} cannot be written to ({reason}).',
    remedy: 'Fix that, or choose another one that this user may write to.',
  },
  FACEPIPE_E_OUTPUT: {
    exit: 1,
    message: '{file} could not be written: {reason}.',
    remedy: 'What was written before it is whole. Fix that, or choose another place.',
  },
  FACEPIPE_E_VIDEO: {
    exit: 2,
    message: 'The video {file} given with --video is written with ffmpeg, which is not installed.',
    remedy:
      'Install it (Debian, Ubuntu: sudo apt-get install ffmpeg; macOS: brew install ffmpeg; Windows: winget install ffmpeg), or leave --video out.',
  },
  FACEPIPE_E_STATE_FOLDER: {
    exit: 2,
    message: 'The secret of which client ids are made cannot be kept in {folder} ({reason}).',
    remedy:
      'Give --state a folder that lasts and that this user may write to, or --client-id an id that nobody can guess.',
  },
  FACEPIPE_E_UNHEALTHY: {
    exit: 1,
    message: 'The program on port {port} is not well: {reason}.',
    remedy: 'Its log says more; without --port capture, forward and log serve no health.',
  },
  FACEPIPE_E_PICTURES: {
    exit: 3,
    message: '{count} of the files of {source} could not be read as images.',
    remedy: 'Each is named above with its reason.',
  },
  FACEPIPE_E_UNSENT: {
    exit: 4,
    message: 'The broker {broker} was not there at the end, and {faces} waiting for it in {folder}.',
    remedy: 'Start it again with this --spool once the broker is there; until then nothing is lost.',
  },
  FACEPIPE_E_UNDELIVERED: {
    exit: 1,
    message: '{count} faces were dropped or refused, {captured} were captured.',
    remedy: 'Which ones and why is in the log above.',
  },
} as const satisfies Record<`FACEPIPE_E_${string}`, ErrorEntry>;

export const cliError = defineErrors(cliErrors);

const unwritable: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EACCES: 'permission is denied',
  EROFS: 'its file system is read-only',
  EISDIR: 'it is a folder',
  ENOENT: 'its folder is gone',
};

/** Why something could not be written, as FACEPIPE_E_OUTPUT. */
export function outputError(file: string, error: unknown): FacepipeError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return cliError('FACEPIPE_E_OUTPUT', { file, reason: unwritable[code] ?? code }, error);
}

/** Ends the program with the error's exit code; its sentence has been printed beside what it is about. */
export class AlreadyReported extends FacepipeError {
  constructor({ code, exit, message }: FacepipeError) {
    super(code, exit, message);
  }
}
