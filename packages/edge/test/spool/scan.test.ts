import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { createRandom, integer } from '../../dist/source/random.js';
import { encodeSpooled } from '../../dist/spool/face.js';
import { scanFaces } from '../../dist/spool/scan.js';

const stream = '01JD0000000000000000000000';
const random = createRandom(10);
const noise = (length: number) => Buffer.from(Array.from({ length }, () => integer(random, 0, 255)));
const faceOf = (seq: number, payload: Buffer = noise(300 + 50 * seq)) => {
  const id = `01JD00000000000000000${String(seq).padStart(5, '0')}`;
  return { topic: 't', userProperties: { id, stream, seq: String(seq) }, payload };
};

const record = (seq: number, payload?: Buffer) => {
  const face = faceOf(seq, payload);
  return encodeSpooled(face, { id: face.userProperties.id, stream, seq });
};

/** As format 1 had it: nothing tells where it ends. */
function oldRecord(seq: number, given?: Buffer): Buffer {
  const { payload, ...header } = faceOf(seq, given);
  const json = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.concat([Buffer.alloc(8), json, payload]);
  bytes.writeUInt32LE(json.length, 4);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

const seqsOf = (file: Buffer, from?: number) =>
  scanFaces(file, from).found.map(({ identity }) => identity?.seq);

for (const [format, make] of [
  ['2', record],
  ['1', oldRecord],
] as const) {
  test(`faces of format ${format} are found one after the other, and where they are`, () => {
    const records = [1, 2, 3].map((seq) => make(seq));
    const file = Buffer.concat(records);
    const { found, damaged } = scanFaces(file);
    assert.equal(damaged, false);
    for (const [turn, { offset, bytes, identity }] of found.entries()) {
      assert.deepEqual(file.subarray(offset, offset + bytes), records[turn]);
      assert.deepEqual(identity, { id: faceOf(turn + 1).userProperties.id, stream, seq: turn + 1 });
    }
    assert.equal(found.length, 3);
    assert.deepEqual(seqsOf(file, records[0]?.length), [2, 3]);
    assert.deepEqual(scanFaces(file, file.length), { found: [], damaged: false });
  });

  test(`what is damaged of format ${format} costs that face and no other`, () => {
    const records = [1, 2, 3, 4].map((seq) => make(seq));
    const at = records[0]?.length ?? 0;
    const length = records[1]?.length ?? 0;
    for (let byte = at; byte < at + length; byte++) {
      const file = Buffer.concat(records);
      file.writeUInt8(file.readUInt8(byte) ^ 0x10, byte);
      const { found, damaged } = scanFaces(file);
      assert.ok(damaged);
      assert.deepEqual(
        found.map(({ identity }) => identity?.seq),
        [1, 3, 4],
        `byte ${byte - at} of the second`,
      );
    }
  });

  test(`a file of format ${format} that is cut, filled with zeros or has noise in it gives what is whole`, () => {
    const records = [1, 2, 3].map((seq) => make(seq));
    const whole = Buffer.concat(records);
    const ends = records.map((_, turn) => Buffer.concat(records.slice(0, turn + 1)).length);
    for (let length = 0; length <= whole.length; length += 7) {
      const there = ends.filter((end) => end <= length).length;
      const cut = scanFaces(whole.subarray(0, length));
      assert.equal(cut.found.length, there, `cut at ${length}`);
      assert.equal(cut.damaged, length > (ends[there - 1] ?? 0));
    }
    const [first, second, third] = records.map((bytes) => bytes);
    assert.ok(first && second && third);
    for (const rubbish of [Buffer.alloc(5000), noise(5000), Buffer.from('{"{"{"{"'.repeat(200))]) {
      const mixed = Buffer.concat([rubbish, first, rubbish, second, third, rubbish]);
      assert.deepEqual(seqsOf(mixed), [1, 2, 3]);
    }
  });

  test(`a picture that holds records and what looks like them stays one face in format ${format}`, () => {
    const inner = Buffer.concat([
      noise(40),
      make(90),
      noise(30),
      Buffer.from('{"topic":"x"}'),
      make(91).subarray(0, 80),
    ]);
    const file = Buffer.concat([make(1), make(2, inner), make(3)]);
    assert.deepEqual(seqsOf(file), [1, 2, 3]);
  });
}

test('records of both formats are found beside each other', () => {
  assert.deepEqual(seqsOf(Buffer.concat([oldRecord(1), record(2), oldRecord(3)])), [1, 2, 3]);
});

test('noise is no face, and does not take long', () => {
  const { found, damaged } = scanFaces(noise(200_000));
  assert.deepEqual(found, []);
  assert.ok(damaged);
});
