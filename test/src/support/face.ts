import { createHash } from 'node:crypto';
import { newId } from '@facepipe/service';
import { encodeFace, encodeImage, type FaceFacts, type OutgoingMessage } from '@facepipe/wire';

/** The stream of every face that does not name another. */
const stream = newId();

/** Facts of a face that somebody at the door has; `given` are those that matter. */
export function faceFacts(given: Partial<FaceFacts> = {}): FaceFacts {
  const { seq = 1 } = given;
  return {
    id: newId(),
    device: 'door',
    stream,
    seq,
    captured: new Date(),
    frame: seq,
    frameSize: { width: 640, height: 480 },
    box: { x: 1, y: 2, width: 32, height: 32 },
    neighbors: 7,
    detector: 'frontalface_default/opencv 4.3.0',
    ...given,
  };
}

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
