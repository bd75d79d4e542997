import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { decodeSpooled, encodeSpooled } from '../../../packages/edge/dist/spool/face.js';
import { scanFaces } from '../../../packages/edge/dist/spool/scan.js';
import { spoilt } from './bytes.js';
import type { Target } from './target.js';
import { spoiltJson } from './text.js';

const face = {
  topic: 'facepipe/Tür/faces',
  qos: 1 as const,
  contentType: 'image/png',
  userProperties: { id: 'x', device: 'Tür' },
  payload: Buffer.from('a picture'),
};
const { payload: _, ...header } = face;

const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const whole = encodeSpooled(face, { id, stream: id, seq: 1 });

/** A record whose checksum is right and whose header is not what a spool writes. */
function forged(json: Buffer, length: number, sized: boolean): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(sized ? 12 : 8), json, face.payload]);
  // the highest bit says that the length of the image follows
  bytes.writeUInt32LE(sized ? (length | (1 << 31)) >>> 0 : length, 4);
  if (sized) bytes.writeUInt32LE(face.payload.length, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

const records: Target = {
  name: 'faces of a spool',
  weight: 10,
  share: 100,
  make(dice) {
    const json = spoiltJson(dice, header);
    const bytes = dice.chance(50)
      ? spoilt(dice, whole)
      : forged(json, dice.chance(80) ? json.length : dice.one([0, 1, 1e6, 2 ** 32 - 1]), dice.chance(50));
    const attempt = () => {
      const read = decodeSpooled(bytes)?.face;
      if (!read) return 'none';
      assert.equal(typeof read.topic, 'string');
      assert.ok(Buffer.isBuffer(read.payload));
      return 'read';
    };
    return { size: bytes.length, attempt };
  },
};

const files: Target = {
  name: 'files of a spool',
  weight: 10,
  share: 100,
  make(dice) {
    const some = Array.from({ length: 3 }, () => {
      if (dice.chance(50)) return dice.chance(50) ? spoilt(dice, whole) : whole;
      const json = spoiltJson(dice, header);
      return forged(json, json.length, dice.chance(50));
    });
    const bytes = Buffer.concat(some);
    const attempt = () => {
      const { found, damaged } = scanFaces(bytes);
      let end = 0;
      for (const { offset, bytes: length } of found) {
        assert.ok(offset >= end && (damaged || offset === end));
        end = offset + length;
        const record = bytes.subarray(offset, end);
        assert.equal(record.readUInt32LE(0), crc32(record.subarray(4)));
      }
      if (!damaged) assert.equal(end, bytes.length);
      return `${found.length} of ${some.length}`;
    };
    return { size: bytes.length, attempt };
  },
};

export const spools: readonly Target[] = [records, files];
