import { defineErrors, type ErrorEntry, FacepipeError } from '@facepipe/wire';

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
    remedy: 'Mend that, or choose another one that this user may write to.',
  },
  FACEPIPE_E_OUTPUT: {
    exit: 1,
    message: '{file} could not be written: {reason}.',
    remedy: 'What was written before it is whole. Mend that, or choose another place.',
  },
  FACEPIPE_E_STATE_FOLDER: {
    exit: 2,
    message: 'The secret of which client ids are made cannot be kept in {folder} ({reason}).',
    remedy:
      'Give --state a folder that lasts and that this user may write to, or --client-id an id that nobody can guess.',
  },
  FACEPIPE_E_SECRET_DAMAGED: {
    exit: 2,
    message: 'The file {file}, of which client ids are made, is damaged.',
    remedy:
      'Restore it, or give --client-id the id of before; without it, what brokers queued for this program is out of its reach.',
  },
  FACEPIPE_E_NAME_TAKEN: {
    exit: 1,
    message: 'Another capture says at {broker} that it is {name}.',
    remedy:
      'Both go on: give one another --name, or keep strangers from that topic by the broker’s access rules.',
  },
  FACEPIPE_E_FORWARD_LOOP: {
    exit: 2,
    message: 'Forwarding from {from} to {to} on one broker would feed itself.',
    remedy: 'Choose a --to-topic that --from-topic does not match, or another broker.',
  },
  FACEPIPE_E_FORWARD_FILTER: {
    exit: 2,
    message:
      'The filter {from} given with --from-topic has no + for the device that --to-topic {to} asks for.',
    remedy:
      'Write facepipe/+/faces, say, where + matches the device; or name the device in --to-topic yourself.',
  },
  FACEPIPE_E_FORWARD_DEVICE: {
    exit: 1,
    message: 'The topic {topic} names no device.',
    remedy: 'It went to the topic of dead letters; correct the publisher.',
  },
  FACEPIPE_E_FORWARD_UNROUTED: {
    exit: 4,
    message: 'Nobody subscribes to {topic} at {broker}.',
    remedy: 'Start a subscriber there, such as a sink.',
  },
  FACEPIPE_E_FORWARD_ROUND: {
    exit: 1,
    message: 'A message on {topic} came back to the forwarder that had carried it.',
    remedy: 'Forwarders make a ring, or both sides are one broker: choose another --to-topic.',
  },
  FACEPIPE_E_FORWARD_HUNG_UP: {
    exit: 4,
    message: 'The broker {broker} ends the connection each time a message of {size} bytes comes on {topic}.',
    remedy: 'Check its limit of size and its access rules (ACL) for this user.',
  },
  FACEPIPE_E_FORWARD_PASSED_OVER: {
    exit: 4,
    message: 'The broker {broker} answers later messages and not one on {topic}.',
    remedy: 'Check its log, and its limits of size and queues.',
  },
  FACEPIPE_E_BROKER_PORT: {
    exit: 2,
    message: 'The embedded broker cannot listen on {host}:{port} ({reason}).',
    remedy: '{remedy}',
  },
  FACEPIPE_E_BROKER_OPEN: {
    exit: 2,
    message: 'A broker on {host} without a password would let anyone in.',
    remedy: 'Give --username and --password-file, or listen on 127.0.0.1.',
  },
  FACEPIPE_E_BROKER_DATA: {
    exit: 2,
    message: 'The broker cannot keep its queues in {folder} ({reason}).',
    remedy: 'Choose another --data, writable and used by no other broker.',
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
  FACEPIPE_E_FACE_TOO_LARGE: {
    exit: 1,
    message:
      'A face of {size} bytes, made as small as it gets, does not fit into a message of {limit} bytes.',
    remedy: 'Raise --max-message, or the broker’s limit for packets.',
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
