import { createHash } from 'node:crypto';
import { encodeFace, encodeImage, type FaceFacts, type OutgoingMessage } from '@facepipe/wire';
import { faceFacts } from '../../../packages/wire/dist-test/face-facts.js';

export { faceFacts };

export interface NoiseFace {
  facts: FaceFacts;
  payload: Buffer;
  /** To the topic of the device's faces. */
  message: OutgoingMessage;
}

/** A face of noise, so that no two have the same bytes. */
export async function noiseFace(given: Partial<FaceFacts> = {}): Promise<NoiseFace> {
  const facts = faceFacts(given);
  const data = createHash('sha512').update(`${facts.seq} ${facts.id}`).digest();
  const payload = await encodeImage({ data, width: 8, height: 8, channels: 1 }, facts);
  return {
    facts,
    payload,
    message: encodeFace(`facepipe/${facts.device}/faces`, facts, payload, 'image/png'),
  };
}
