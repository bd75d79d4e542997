import { defineErrors, type ErrorEntry } from '@facepipe/service';

/** Every error this package throws. */
export const wireErrors = {
  FACEPIPE_E_NOT_AN_IMAGE: {
    exit: 1,
    message: 'The payload of {size} bytes is not an image: {reason}.',
    remedy: 'Publish a PNG, JPEG, WebP, GIF, TIFF, AVIF or HEIC file.',
  },
  FACEPIPE_E_FACTS_INVALID: {
    exit: 1,
    message: 'Expected {expected} for {field} of the face but received {value}.',
    remedy: 'Correct the publisher, or publish the plain image without an id.',
  },
  FACEPIPE_E_IMAGE_ENCODE: {
    exit: 1,
    message: 'A picture of {width}×{height} pixels could not be encoded as {format}: {reason}.',
    remedy: 'PNG takes every size; JPEG ends at 65535 and WebP at 16383 pixels a side.',
  },
  FACEPIPE_E_RECEIPT_INVALID: {
    exit: 1,
    message: 'A receipt of {size} bytes is not {"ids":[…]} with ULIDs or SHA-256 hex digests: {reason}.',
    remedy: 'Look for a foreign publisher on the topic of receipts.',
  },
  FACEPIPE_E_TOPIC: {
    exit: 2,
    message: 'The topic "{topic}" {reason}.',
    remedy: 'Name one concrete topic, such as facepipe/door/faces.',
  },
  FACEPIPE_E_FILTER: {
    exit: 2,
    message: 'The topic filter "{filter}" {reason}.',
    remedy: 'Use + for one whole level and # only as the last one, such as facepipe/+/faces.',
  },
  FACEPIPE_E_PROPERTY: {
    exit: 1,
    message: 'The user property "{name}" of a message {reason}.',
    remedy: 'Names and values are text of at most 65535 bytes in UTF-8.',
  },
  FACEPIPE_E_BROKER_URL: {
    exit: 2,
    message: 'The broker URL "{url}" {reason}.',
    remedy:
      'Write mqtt://, mqtts://, ws:// or wss://, then the host and perhaps a port, and percent-encode special characters of user name and password.',
  },
  FACEPIPE_E_CLIENT_ID: {
    exit: 2,
    message: 'A persistent session (clean: false) on {broker} needs a client id.',
    remedy:
      'Choose one that stays the same over restarts, that no other program uses and that nobody can guess.',
  },
  FACEPIPE_E_BROKER_UNREACHABLE: {
    exit: 4,
    message: 'The broker {broker} cannot be reached: {reason}.',
    remedy: 'Check host, port and network, and that the broker runs.',
  },
  FACEPIPE_E_BROKER_CREDENTIALS: {
    exit: 4,
    message: 'The broker {broker} refused the login: {reason}.',
    remedy: 'Check user name, password and client certificate.',
  },
  FACEPIPE_E_BROKER_TLS: {
    exit: 4,
    message: 'No trusted TLS connection to the broker {broker}: {reason}.',
    remedy:
      'Check that the port speaks TLS, and the certificates (ca, cert, key) with their names and dates.',
  },
  FACEPIPE_E_BROKER_REFUSED: {
    exit: 4,
    message: 'The broker {broker} refused the connection: {reason}.',
    remedy: 'Check its log for this client.',
  },
  FACEPIPE_E_BROKER_LOST: {
    exit: 4,
    message: 'The connection to the broker {broker} was lost: {reason}.',
    remedy: 'It is tried again until it works.',
  },
  FACEPIPE_E_CREDENTIALS_CHANGED: {
    exit: 4,
    message: 'The credentials for the broker {broker} have changed.',
    remedy: 'The link connects again with the new ones.',
  },
  FACEPIPE_E_SESSION_TAKEN_OVER: {
    exit: 4,
    message:
      'Another client connected to {broker} with the client id of this program and took its session over.',
    remedy: 'It is taken back after a pause; bind client ids to users at the broker where strangers log in.',
  },
  FACEPIPE_E_CLIENT_ID_SHARED: {
    exit: 4,
    message: 'Two programs with one client id throw each other out at {broker}, {times} times by now.',
    remedy: 'Give each a --client-id, or a --state or --spool, of its own.',
  },
  FACEPIPE_E_BROKER_HANGS_UP: {
    exit: 4,
    message:
      'The broker {broker} lets this program in and soon closes the connection without a word, {times} times by now.',
    remedy: 'Its log tells why; two programs with one client id throw each other out like this.',
  },
  FACEPIPE_E_UNCLAIMED: {
    exit: 1,
    message: 'The session at {broker} holds messages on {topic}, which this program did not subscribe to.',
    remedy:
      'Another client, or an earlier run, subscribed under its client id: bind client ids to users at the broker.',
  },
  FACEPIPE_E_PUBLISH_TIMEOUT: {
    exit: 4,
    message: 'The broker {broker} did not take a message on {topic} within {seconds} s ({state}).',
    remedy: 'Check the connection, and the limits of the broker for size and queues.',
  },
  FACEPIPE_E_PUBLISH_DENIED: {
    exit: 4,
    message: 'The broker {broker} does not allow this client to publish on {topic}.',
    remedy: 'Check its access rules (ACL) for this user.',
  },
  FACEPIPE_E_PUBLISH_REFUSED: {
    exit: 4,
    message: 'The broker {broker} refused a message on {topic}: {reason}.',
    remedy: 'Check the limits and rules of the broker.',
  },
  FACEPIPE_E_TOO_LARGE: {
    exit: 1,
    message: 'A message of {size} bytes on {topic} is larger than {broker} takes ({limit}).',
    remedy:
      'Raise --max-message or the broker’s max_packet_size, or publish smaller pictures (JPEG, WebP or less padding).',
  },
  FACEPIPE_E_OVERSIZE: {
    exit: 1,
    message: 'A message of {size} bytes on {topic} came from {broker}, more than the {limit} that are taken.',
    remedy:
      'It was acknowledged and passed over; let the broker take no such messages, or raise --max-message.',
  },
  FACEPIPE_E_SUBSCRIBE_REFUSED: {
    exit: 4,
    message: 'The broker {broker} refused the subscription to {filter}: {reason}.',
    remedy: 'Check its access rules (ACL) for this user.',
  },
  FACEPIPE_E_SUBSCRIBE_TIMEOUT: {
    exit: 4,
    message: 'The broker {broker} did not confirm the subscription to {filter} within {seconds} s.',
    remedy: 'Check the connection.',
  },
  FACEPIPE_E_SHARED_UNSUPPORTED: {
    exit: 2,
    message: 'The broker {broker} has no shared subscriptions, which {filter} needs: {reason}.',
    remedy: 'Use a broker with MQTT 5 such as mosquitto, or one subscriber without a group.',
  },
  FACEPIPE_E_HANDLER_FAILED: {
    exit: 1,
    message: 'A message on {topic} was not handled: {reason}.',
    remedy: 'It is left to the broker, which sends it again after the reconnect.',
  },
  FACEPIPE_E_HELD_FULL: {
    exit: 1,
    message: 'More than {limit} bytes of messages from {broker} were unhandled.',
    remedy: 'The broker keeps the rest until these are handled; raise the bound if this is frequent.',
  },
  FACEPIPE_E_LINK_CLOSED: {
    exit: 1,
    message: 'The link to {broker} is closed.',
    remedy: 'What was not acknowledged by then was not delivered.',
  },
} as const satisfies Record<`FACEPIPE_E_${string}`, ErrorEntry>;

export const wireError = defineErrors(wireErrors);
