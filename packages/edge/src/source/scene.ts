import { type Clock, systemClock } from '@facepipe/service';
import type { Box, Size } from '@facepipe/wire';
import sharp from 'sharp';
import { createAct, positionAt, type Role } from './act.js';
import { decodeImage } from './image.js';
import { type Cast, createSprite, photoPath, type Sprite } from './portrait.js';
import type { Frame, Source, SourceOptions } from './source.js';
import { sourceError } from './source-error.js';

/** Below this the smallest heads have no room to move. */
const smallest: Size = { width: 320, height: 240 };

/**
 * The source `demo`: portraits moving over a faceless picture, the same for the same seed, without end. Each frame
 * carries the `truth`, the boxes of the faces in it. Default 640×480 at 10 frames a second, seed 1; live unless
 * `realtime` is false, which gives frames as fast as they are read.
 * @throws FACEPIPE_E_SOURCE_OPTION below 320×240
 */
export async function demoScene(options: SourceOptions, clock: Clock = systemClock): Promise<Source> {
  const { width = 640, height = 480, fps = 10, seed = 1, realtime = true } = options;
  if (width < smallest.width || height < smallest.height) {
    const expected = `at least ${smallest.width}×${smallest.height}`;
    throw sourceError('FACEPIPE_E_SOURCE_OPTION', {
      expected,
      option: 'the size of the demo scene',
      value: `${width}×${height}`,
    });
  }
  const backdrop = await createBackdrop({ width, height });
  const sprites = new Map<string, Sprite>();

  async function spriteOf(cast: Cast): Promise<Sprite> {
    const key = `${cast.portrait} ${cast.size} ${cast.mirrored}`;
    const sprite = sprites.get(key) ?? (await createSprite(cast));
    sprites.set(key, sprite);
    return sprite;
  }

  /** `frame` counts from 0 within the act. */
  async function compose(roles: readonly Role[], frame: number): Promise<{ data: Uint8Array; truth: Box[] }> {
    const data = new Uint8Array(backdrop);
    const truth: Box[] = [];
    for (const { cast, enters, leaves, left, top } of roles) {
      if (frame < enters || frame >= leaves) continue;
      const sprite = await spriteOf(cast);
      const [x, y] = [positionAt(left, frame), positionAt(top, frame)];
      blend(data, width, sprite, x, y);
      truth.push({ ...sprite.face, x: x + sprite.face.x, y: y + sprite.face.y });
    }
    return { data, truth };
  }

  async function* frames(signal: AbortSignal): AsyncGenerator<Frame> {
    let number = 0;
    let due = clock.elapsed();
    const begun = clock.now();
    for (let act = 0; ; act++) {
      const { length, roles } = createAct(seed, act, { width, height });
      for (let frame = 0; frame < length; frame++) {
        // unpaced, signals and sockets still get their turn
        if (realtime) await clock.sleep(due - clock.elapsed(), signal);
        else await new Promise(setImmediate);
        if (signal.aborted) return;
        // a late frame does not make the next ones hurry
        due = Math.max(due + 1000 / fps, clock.elapsed());
        // as fast as it is read, it still is a film of that rate
        const captured = new Date(realtime ? clock.now() : begun + (number * 1000) / fps);
        number += 1;
        yield { ...(await compose(roles, frame)), width, height, format: 'rgb', number, captured };
      }
    }
  }

  return { name: `demo scene, seed ${seed}`, live: realtime, corrupt: 0, frames };
}

/** The man with the camera, whose face no frontal cascade finds, so blurred and dark that nothing else is either. */
async function createBackdrop({ width, height }: Size): Promise<Uint8Array> {
  const photo = await decodeImage(photoPath('camera.png'));
  const channels = photo.format === 'gray' ? 1 : 3;
  const sigma = (12 * Math.max(width, height)) / photo.width;
  return sharp(photo.data, { raw: { width: photo.width, height: photo.height, channels } })
    .resize(width, height, { fit: 'cover' })
    .blur(sigma)
    .linear(0.4, 20)
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}

/** Lays a sprite over RGB pixels; it must lie inside them. */
function blend(data: Uint8Array, stride: number, sprite: Sprite, left: number, top: number): void {
  for (let y = 0; y < sprite.height; y++) {
    let from = y * sprite.width;
    let to = ((top + y) * stride + left) * 3;
    for (let x = 0; x < sprite.width; x++, from++, to += 3) {
      const alpha = sprite.alpha[from] ?? 0;
      if (alpha === 0) continue;
      for (let c = 0; c < 3; c++) {
        const under = data[to + c] ?? 0;
        data[to + c] = under + Math.round((((sprite.data[from * 3 + c] ?? 0) - under) * alpha) / 255);
      }
    }
  }
}
