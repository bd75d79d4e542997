import {
  encodeFace,
  encodeImage,
  type FaceFacts,
  type ImageFormat,
  type OutgoingMessage,
  type Pixels,
  packetSize,
  type QoS,
  type Size,
} from '@facepipe/wire';
import { edgeError } from '../errors.js';
import { resizePixels, scaleBox } from './reduce.js';

/** A face that fits. */
export interface Fitted {
  message: OutgoingMessage;
  /** It is of lower quality, or has fewer pixels, than was asked for. */
  reduced: boolean;
}

export interface Fit {
  topic: string;
  qos: QoS;
  format: ImageFormat;
  /** JPEG and WebP, 1 to 100. */
  quality: number;
  /** Bytes of the whole message, as a broker counts them; undefined: no limit. */
  limit: number | undefined;
}

const scales = [1, 0.7, 0.5, 0.35, 0.25, 0.18, 0.125];

/** What is tried in turn: first a lower quality, where there is such a thing, then ever fewer pixels. */
export function* attempts(
  format: ImageFormat,
  quality: number,
): Generator<{ scale: number; quality: number }> {
  const qualities = format === 'png' ? [quality] : [quality, ...[75, 50].filter((lower) => lower < quality)];
  for (const each of qualities) yield { scale: 1, quality: each };
  for (const scale of scales.slice(1)) yield { scale, quality: qualities.at(-1) ?? quality };
}

/**
 * The message of a face, small enough for its limit: of lower quality or fewer pixels than were cut out where it must
 * be. The metadata of a face is still that of the frame, that of a context of the picture.
 * The same input gives the same bytes.
 * @throws FACEPIPE_E_FACE_TOO_LARGE when the smallest does not fit either, FACEPIPE_E_FACTS_INVALID,
 *   FACEPIPE_E_IMAGE_ENCODE
 */
export async function encodeToFit(
  pixels: Pixels,
  facts: FaceFacts,
  { topic, qos, format, quality, limit = Number.POSITIVE_INFINITY }: Fit,
): Promise<Fitted> {
  let size = 0;
  for (const [index, attempt] of [...attempts(format, quality)].entries()) {
    const picture = attempt.scale === 1 ? pixels : await shrink(pixels, attempt.scale);
    const said = facts.kind === 'context' ? factsIn(facts, picture) : facts;
    const image = await encodeImage(picture, said, { format, quality: attempt.quality });
    const message = encodeFace(topic, said, image, `image/${format}`, qos);
    // MQTT 5 has more to say than 3.1.1
    size = packetSize(message, 5);
    if (size <= limit) return { message, reduced: index > 0 };
  }
  throw edgeError('FACEPIPE_E_FACE_TOO_LARGE', { size, limit });
}

/** The metadata of a context that was made smaller. */
function factsIn(facts: FaceFacts, { width, height }: Size): FaceFacts {
  const { frameSize, box } = facts;
  return {
    ...facts,
    frameSize: { width, height },
    box: scaleBox(box, width / frameSize.width, { width, height }),
  };
}

const shrink = (pixels: Pixels, scale: number): Promise<Pixels> =>
  resizePixels(pixels, {
    width: Math.max(1, Math.round(pixels.width * scale)),
    height: Math.max(1, Math.round(pixels.height * scale)),
  });
