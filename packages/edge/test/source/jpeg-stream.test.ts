import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { createJpegStream, type JpegPiece } from '../../dist/source/jpeg-stream.js';
import { photoPath } from '../../dist/source/person.js';
import { createRandom, integer } from '../../dist/source/random.js';

const plain = await sharp(photoPath('astronaut.png')).resize(96, 80).jpeg().toBuffer();
const progressive = await sharp(photoPath('grace_hopper.jpg'))
  .resize(64, 64)
  .jpeg({ progressive: true })
  .toBuffer();
const thumbnail = await sharp(photoPath('astronaut.png')).resize(16, 16).jpeg().toBuffer();
const withThumbnail = withApplicationData(plain, thumbnail);

/** Puts an APP1 segment with these bytes after SOI, as EXIF does with a preview picture. */
function withApplicationData(jpeg: Buffer, content: Buffer): Buffer {
  const header = Buffer.from([0xff, 0xe1, 0, 0]);
  header.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), header, content, jpeg.subarray(2)]);
}

/** The framing of a picture with a restart interval: RST0 to RST7 within the scan (it need not decode). */
function withRestarts(jpeg: Buffer): Buffer {
  const middle = jpeg.indexOf(Buffer.from([0xff, 0xda])) + 200;
  return Buffer.concat([
    jpeg.subarray(0, middle),
    Buffer.from([0x12, 0xff, 0xd0, 0x34, 0xff, 0xd7]),
    jpeg.subarray(middle),
  ]);
}

function read(stream: Buffer, next: () => number, limit?: number): JpegPiece[] {
  const reader = createJpegStream(limit);
  const found: JpegPiece[] = [];
  for (let at = 0; at < stream.length; ) {
    const to = at + next();
    found.push(...reader.push(stream.subarray(at, to)));
    at = to;
  }
  return [...found, ...reader.end()];
}

function outline(pieces: readonly JpegPiece[]): string {
  return pieces.map((piece) => ('corrupt' in piece ? 'corrupt' : piece.picture.length)).join(' ');
}

test('pictures come out byte for byte wherever the stream is cut', () => {
  const boundary = Buffer.from('\r\n--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 99\r\n\r\n');
  const files = [plain, progressive, withThumbnail, withRestarts(plain)];
  const streams = [Buffer.concat(files), Buffer.concat(files.flatMap((file) => [boundary, file]))];
  for (const stream of streams) {
    for (let seed = 0; seed < 60; seed++) {
      const random = createRandom(seed);
      const pieces = read(stream, () => integer(random, 1, seed < 4 ? 1 : 3000));
      assert.deepEqual(
        pieces.map((piece) => ('picture' in piece ? Buffer.from(piece.picture) : piece.corrupt)),
        files,
      );
    }
  }
});

test('a picture cut in its scan is handed on as far as it goes, and costs no other', () => {
  const scan = withThumbnail.indexOf(Buffer.from([0xff, 0xda]), withThumbnail.length - plain.length);
  for (let cut = scan + 20; cut < withThumbnail.length; cut += 37) {
    const stream = Buffer.concat([plain, withThumbnail.subarray(0, cut), progressive, plain]);
    assert.equal(
      outline(read(stream, () => 1000)),
      `${plain.length} ${cut} ${progressive.length} ${plain.length}`,
      `cut at ${cut}`,
    );
  }
});

test('a picture cut within its tables costs at most the next one too', () => {
  let both = 0;
  let cuts = 0;
  for (let cut = 4; cut < plain.indexOf(Buffer.from([0xff, 0xda])); cut += 5) {
    const pieces = read(Buffer.concat([plain.subarray(0, cut), progressive, plain]), () => 512);
    const whole = pieces.flatMap((piece) => ('picture' in piece ? [Buffer.from(piece.picture)] : []));
    assert.deepEqual(whole.at(-1), plain, `cut at ${cut}`);
    cuts += 1;
    if (whole.at(-2)?.equals(progressive)) both += 1;
  }
  // where the cut segment's length ends at a marker of the next picture, the two cannot be told from one
  assert.ok(both > cuts * 0.9, `${both} of ${cuts}`);
});

test('the last picture may lack its end, and what is no picture is passed over', () => {
  const stream = Buffer.concat([Buffer.from('no picture \xff\xd7', 'latin1'), plain, plain.subarray(0, -2)]);
  assert.equal(outline(read(stream, () => 77)), `${plain.length} ${plain.length - 2}`);
  const tables = plain.subarray(0, plain.indexOf(Buffer.from([0xff, 0xda])));
  assert.equal(outline(read(Buffer.concat([plain, tables]), () => 77)), `${plain.length} corrupt`);
  assert.equal(outline(read(Buffer.alloc(5000, 0xff), () => 99)), '');
});

test('a picture without an end is given up at the limit and reading goes on', () => {
  const scan = plain.indexOf(Buffer.from([0xff, 0xda]));
  const endless = Buffer.concat([plain.subarray(0, scan + 14), Buffer.alloc(100_000, 0x11)]);
  const pieces = read(Buffer.concat([endless, plain]), () => 4096, 20_000);
  assert.equal(outline(pieces), `corrupt ${plain.length}`);
});

test('a stream without a picture to take holds no more than the limit and a chunk, twice', () => {
  const chunk = Buffer.alloc(65_536, 0x41);
  for (const begin of ['ffd8ffda0002', 'ffd8ffe1ffff', 'ffd8ff', '41']) {
    const reader = createJpegStream(200_000);
    const first = Buffer.from(chunk);
    Buffer.from(begin, 'hex').copy(first);
    reader.push(first);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 500; i++) reader.push(chunk);
    // 32 MB went through; what was outgrown may not have been collected yet
    assert.ok(process.memoryUsage().arrayBuffers - before < 4e6, begin);
  }
});

test('bytes without a picture are counted', () => {
  const reader = createJpegStream();
  reader.push(Buffer.alloc(1000));
  assert.equal(reader.fruitless, 1000);
  reader.push(plain);
  assert.equal(reader.fruitless, 0);
});
