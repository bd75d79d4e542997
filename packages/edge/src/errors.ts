import { defineErrors, type ErrorEntry } from '@facepipe/service';

/**
 * Errors of capture, forwarder and embedded broker; docs/errors.md is made from it. Sources and spool have their own.
 */
export const edgeErrors = {
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
  FACEPIPE_E_FACE_TOO_LARGE: {
    exit: 1,
    message:
      'A face of {size} bytes, made as small as it gets, does not fit into a message of {limit} bytes.',
    remedy: 'Raise --max-message, or the broker’s limit for packets.',
  },
} as const satisfies Record<`FACEPIPE_E_${string}`, ErrorEntry>;

export const edgeError = defineErrors(edgeErrors);
