import { newId } from '@facepipe/service';
import { encodeFace, encodeImage, type FaceFacts, type OutgoingMessage } from '@facepipe/wire';
import { decodeImage } from 'facepipe';

const photo = new URL('../../packages/edge/photos/astronaut.png', import.meta.url).pathname;

/** One face as a camera gives it, `side` pixels wide; each message gets facts of its own. */
export async function faceMessages(faces: number, side = 160, device = 'bench'): Promise<OutgoingMessage[]> {
  const picture = await decodeImage(photo);
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const start = ((y + 60) * picture.width + 170) * 3;
    data.set(picture.data.subarray(start, start + side * 3), y * side * 3);
  }
  const box = { x: 170, y: 60, width: side, height: side };
  const made: OutgoingMessage[] = [];
  const stream = newId();
  for (let seq = 1; seq <= faces; seq++) {
    const facts: FaceFacts = {
      id: newId(),
      device,
      stream,
      seq,
      captured: new Date(),
      frame: seq,
      frameSize: { width: picture.width, height: picture.height },
      box,
      neighbors: 5,
      detector: 'bench',
    };
    const image = await encodeImage({ data, width: side, height: side, channels: 3 }, facts, {
      format: 'jpeg',
      quality: 90,
    });
    made.push(encodeFace(`facepipe/${device}/faces`, facts, image, 'image/jpeg'));
  }
  return made;
}

/** What an image is in the mean, in kB. */
export function kilobytesOf(batch: readonly OutgoingMessage[]): number {
  return batch.reduce((sum, { payload }) => sum + payload.length, 0) / batch.length / 1000;
}
