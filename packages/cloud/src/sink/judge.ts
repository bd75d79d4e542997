import { createHash } from 'node:crypto';
import { FacepipeError } from '@facepipe/service';
import { type Arrival, decodeFace, type IncomingMessage } from '@facepipe/wire';
import type { StoreObject } from '../store/store.js';
import { objectMetadata } from './metadata.js';
import type { SinkPlan } from './sink-plan.js';

/** Why a message becomes a dead letter. */
export type DeadLetterReason =
  | 'not-an-image'
  | 'facts-invalid'
  | 'device-missing'
  | 'device-mismatch'
  | 'id-conflict'
  | 'store-refused'
  | 'set-aside'
  | 'unclaimed';

export interface Fault {
  reason: DeadLetterReason;
  /** One sentence. */
  detail: string;
  /** Of the face, or the sha256 of what is not one. */
  id: string;
  /** Undefined when the topic does not name one. */
  device: string | undefined;
}

export type Verdict = { arrival: Arrival; device: string; object: StoreObject } | Fault;

/** What is to be done with a message: the object it becomes, or why it cannot become one. */
export async function judge(
  message: IncomingMessage,
  plan: Pick<SinkPlan, 'deviceOf' | 'keyOf'>,
  now: Date,
): Promise<Verdict> {
  const device = plan.deviceOf(message.topic);
  let arrival: Arrival;
  try {
    arrival = await decodeFace(message);
  } catch (error) {
    const reason =
      error instanceof FacepipeError && error.code === 'FACEPIPE_E_FACTS_INVALID'
        ? 'facts-invalid'
        : 'not-an-image';
    const detail = error instanceof Error ? error.message : String(error);
    return { reason, detail, id: createHash('sha256').update(message.payload).digest('hex'), device };
  }
  const { id, facts, payload, contentType, extension, sha256 } = arrival;
  if (device === undefined) {
    return { reason: 'device-missing', detail: 'The topic has no level that names the device.', id, device };
  }
  if (facts && facts.device !== device) {
    const detail = `The topic says ${JSON.stringify(device)}, the face says ${JSON.stringify(facts.device)}.`;
    return { reason: 'device-mismatch', detail, id, device };
  }
  const object: StoreObject = {
    key: plan.keyOf({ device, id, ext: extension, ...(facts && { captured: facts.captured }) }),
    body: payload,
    contentType,
    metadata: objectMetadata(arrival, device, now),
    sha256,
  };
  return { arrival, device, object };
}
