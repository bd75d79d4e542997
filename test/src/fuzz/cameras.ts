import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { createJpegStream } from '../../../packages/edge/dist/source/jpeg-stream.js';
import { mjpegSource } from '../../../packages/edge/dist/source/mjpeg.js';
import { createPpmReader } from '../../../packages/edge/dist/source/ppm.js';
import { pieces, randomBytes, spoilt } from './bytes.js';
import type { Dice } from './dice.js';
import { jpegs } from './images.js';
import { outcomeOf, type Target } from './target.js';

const boundary = Buffer.from('\r\n--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 99\r\n\r\n');

/** What a camera sends: pictures of which some are spoilt, and what may stand between them. */
function camera(dice: Dice): Buffer {
  const parts = dice.list<Buffer>(dice.between(1, 6), () => {
    const jpeg = dice.one(jpegs);
    const picture = dice.chance(50) ? jpeg : spoilt(dice, jpeg, dice.one(jpegs));
    return Buffer.concat([dice.chance(30) ? boundary : Buffer.alloc(0), picture]);
  });
  if (dice.chance(20)) parts.push(randomBytes(dice, 3000));
  // segments that end in one another, and beginnings without end
  if (dice.chance(10)) parts.push(Buffer.alloc(300_000, Buffer.from('ffd8ffe10004ffe1ffff', 'hex')));
  return Buffer.concat(parts);
}

const streams: Target = {
  name: 'streams of JPEG',
  weight: 10,
  share: 200,
  make(dice) {
    const stream = camera(dice);
    const limit = dice.one([200, 5000, 1e6]);
    const chunks = [...pieces(dice, stream)];
    const attempt = () => {
      const reader = createJpegStream(limit);
      let bytes = 0;
      let corrupt = 0;
      const take = (found: ReturnType<typeof reader.push>) => {
        for (const piece of found) {
          if ('corrupt' in piece) {
            corrupt += 1;
            continue;
          }
          const { picture } = piece;
          bytes += picture.length;
          // one without an end may be whole all the same: that is the decoder's to say
          assert.deepEqual([picture[0], picture[1]], [0xff, 0xd8]);
        }
      };
      for (const chunk of chunks) take(reader.push(chunk));
      take(reader.end());
      assert.deepEqual(reader.end(), []);
      assert.ok(bytes <= stream.length, 'no byte is handed out twice');
      assert.ok(corrupt <= stream.length / 2);
      return bytes === 0 ? 'none' : corrupt === 0 ? 'whole' : 'some';
    };
    return { size: stream.length, attempt };
  },
};

const sources: Target = {
  name: 'JPEG on standard input',
  weight: 1,
  // a picture decoded, of up to 100 megapixels
  share: 1e9,
  make(dice) {
    const stream = camera(dice);
    const stdin = Readable.from(pieces(dice, stream));
    const attempt = () =>
      outcomeOf(
        ['FACEPIPE_E_SOURCE_EMPTY'],
        async () => {
          const source = mjpegSource({ stdin });
          let frames = 0;
          for await (const { data, width, height, format, number } of source.frames(
            new AbortController().signal,
          )) {
            assert.equal(data.length, width * height * (format === 'gray' ? 1 : 3));
            assert.equal(number, ++frames);
          }
          return source.corrupt;
        },
        (corrupt) => (corrupt > 0 ? 'some' : 'whole'),
      );
    return { size: stream.length, attempt };
  },
};

function ppm(dice: Dice): Buffer {
  const side = () => dice.one([0, 1, 2, 7, 30, 9999, 10_001, 1e9]);
  const parts = dice.list(dice.between(1, 5), () => {
    const [width, height] = dice.chance(80) ? [dice.between(1, 30), dice.between(1, 30)] : [side(), side()];
    const space = () => dice.one(['\n', ' ', '\t', '\r\n']);
    const header = `P6${space()}${width}${space()}${height}${space()}255\n`;
    return Buffer.concat([
      Buffer.from(header),
      randomBytes(dice, 10),
      Buffer.alloc(Math.min(width * height * 3, 3000)),
    ]);
  });
  const bytes = Buffer.concat(parts);
  return dice.chance(50) ? bytes : spoilt(dice, bytes);
}

const pictures: Target = {
  name: 'streams of PPM',
  weight: 5,
  // the picture that a header announces, of up to 100 megapixels
  share: 1e9,
  make(dice) {
    const stream = ppm(dice);
    const chunks = [...pieces(dice, stream)];
    const attempt = () =>
      outcomeOf(
        ['FACEPIPE_E_IMAGE_TOO_LARGE', 'FACEPIPE_E_FFMPEG_FAILED'],
        () => {
          const reader = createPpmReader('fuzz');
          return chunks.flatMap((chunk) => reader.push(chunk));
        },
        (found) => {
          for (const { data, width, height } of found) {
            assert.ok(width >= 1 && height >= 1, `${width}×${height}`);
            assert.equal(data.length, width * height * 3);
          }
          return found.length > 0 ? 'some' : 'none';
        },
      );
    return { size: stream.length, attempt };
  },
};

export const cameras: readonly Target[] = [streams, sources, pictures];
