import { newId } from '@facepipe/service';
import type { FaceFacts } from '../dist/message/face.js';

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
