import { createHash } from 'node:crypto';
import { expectArgument, expectMembers, isId } from '@facepipe/service';
import type { FaceFacts } from './face.js';
import { factsFromDescription, factsFromFields, factsToFields, fieldsOfDescription } from './facts.js';
import { type ImageInfo, readHeader } from './image.js';
import { checkTopic } from './topic.js';

export type QoS = 0 | 1 | 2;

/** A message to publish. */
export interface OutgoingMessage {
  topic: string;
  payload: Buffer;
  /** Default 1. */
  qos?: QoS;
  /** Default false. */
  retain?: boolean;
  /** Travels on MQTT 5 only. */
  contentType?: string;
  /** Travel on MQTT 5 only. */
  userProperties?: Record<string, string>;
}

/** @throws FACEPIPE_E_ARGUMENT unless it has what MQTT needs of a message */
export function expectOutgoing(message: OutgoingMessage, name = 'message'): void {
  const texts = { contentType: 'text?', userProperties: 'object?' } as const;
  expectMembers(name, message, {
    topic: 'text',
    payload: 'bytes',
    qos: 'number?',
    retain: 'boolean?',
    ...texts,
  });
}

/** A message as a broker delivered it. On MQTT 3.1.1 there is no content type, and no user property. */
export interface IncomingMessage {
  topic: string;
  payload: Buffer;
  /** Of the delivery: the lower of the publisher's and the subscription's. */
  qos: QoS;
  /** The broker had kept it from before the subscription. */
  retain: boolean;
  /** The broker may have sent it before. */
  duplicate: boolean;
  contentType?: string;
  /** Where a name came more than once, the first value. */
  userProperties: Record<string, string>;
}

/** A decoded message: an image, ours with metadata or a foreign one. */
export interface Arrival extends ImageInfo {
  /** The face's ULID; in a foreign message the `sha256`. */
  id: string;
  facts?: FaceFacts;
  topic: string;
  payload: Buffer;
  /** Of the payload, lower-case hex. */
  sha256: string;
}

/**
 * The message a face travels in: the plain image file, its metadata as user properties.
 * @param qos default 1
 * @throws FACEPIPE_E_TOPIC, FACEPIPE_E_FACTS_INVALID
 */
export function encodeFace(
  topic: string,
  facts: FaceFacts,
  payload: Buffer,
  contentType: string,
  qos: QoS = 1,
): OutgoingMessage {
  checkTopic(topic);
  expectArgument('payload', payload, 'bytes');
  expectArgument('contentType', contentType, 'text');
  return { topic, payload, qos, contentType, userProperties: factsToFields(facts) };
}

/**
 * What arrived. The metadata comes from the user properties if there is an `id` among them, and must then be complete;
 * else from the image's own metadata; else the message is foreign, and the SHA-256 of its payload identifies it.
 * @throws FACEPIPE_E_NOT_AN_IMAGE, FACEPIPE_E_FACTS_INVALID
 */
export async function decodeFace(message: IncomingMessage): Promise<Arrival> {
  expectMembers('message', message, { topic: 'text', payload: 'bytes', userProperties: 'object' });
  const { topic, payload, userProperties } = message;
  const { description, ...info } = await readHeader(payload);
  // Without an id, properties such as `device` are a foreign publisher's own, and make no identity.
  const facts = Object.hasOwn(userProperties, 'id')
    ? factsFromFields(userProperties)
    : factsFromDescription(description);
  const sha256 = createHash('sha256').update(payload).digest('hex');
  return { ...info, id: facts?.id ?? sha256, ...(facts ? { facts } : {}), topic, payload, sha256 };
}

/**
 * The id under which `device` says it sent a message, for one that cannot be taken further: from its user properties or
 * the image's metadata, whatever else is wrong with them. Undefined where it is no ULID, or another device's.
 */
export async function claimedId(
  message: Pick<IncomingMessage, 'payload' | 'userProperties'>,
  device: string,
): Promise<string | undefined> {
  expectMembers('message', message, { payload: 'bytes', userProperties: 'object' });
  expectArgument('device', device, 'text');
  const { payload, userProperties } = message;
  const fields = Object.hasOwn(userProperties, 'id')
    ? userProperties
    : await readHeader(payload).then(
        ({ description }) => fieldsOfDescription(description),
        () => undefined,
      );
  return fields?.id !== undefined && fields.device === device && isId(fields.id) ? fields.id : undefined;
}
