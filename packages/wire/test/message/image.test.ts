import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { encodeImage, inspectImage, type Pixels } from '../../dist/message/image.js';
import { faceFacts } from '../face-facts.js';

const facts = faceFacts({
  device: 'ворота 🚪 café',
  seq: 41,
  captured: new Date('2026-11-21T12:34:56.789Z'),
  frame: 7,
  box: { x: 1, y: 2, width: 30, height: 40 },
  neighbors: 12,
  detector: 'frontalface_alt2/opencv 4.3.0',
});

function gradient(channels: 1 | 3 | 4, width = 24, height = 16): Pixels {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 7) % 251);
  if (channels === 4) for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { data, width, height, channels };
}

const formats = { png: 'png', jpeg: 'jpg', webp: 'webp' } as const;

for (const format of ['png', 'jpeg', 'webp'] as const) {
  test(`facts written into ${format} are read back`, async () => {
    for (const channels of [1, 3, 4] as const) {
      const file = await encodeImage(gradient(channels), facts, { format });
      assert.deepEqual(await inspectImage(file), {
        format,
        contentType: `image/${format}`,
        extension: formats[format],
        width: 24,
        height: 16,
        facts,
      });
      // Some readers turn a picture by its orientation tag; 1 is upright, as without one.
      assert.equal((await sharp(file).metadata()).orientation ?? 1, 1);
    }
  });
}

test('PNG keeps every pixel, grey as one channel', async () => {
  for (const channels of [1, 3, 4] as const) {
    const pixels = gradient(channels);
    const file = sharp(await encodeImage(pixels, facts));
    assert.equal((await file.metadata()).channels, channels);
    const data = await file
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer();
    assert.deepEqual(new Uint8Array(data), pixels.data);
  }
});

test('quality makes a difference where there is one', async () => {
  const picture = gradient(3, 200, 200);
  for (const format of ['jpeg', 'webp'] as const) {
    const [low, high] = await Promise.all(
      [10, 95].map((quality) => encodeImage(picture, facts, { format, quality })),
    );
    assert.ok((low?.length ?? 0) < (high?.length ?? 0), format);
  }
});

test('pixels that do not fill the picture, and sides a format has no room for, are refused', async () => {
  const short = { ...gradient(3), data: new Uint8Array(5) };
  await assert.rejects(encodeImage(short, facts), {
    code: 'FACEPIPE_E_IMAGE_ENCODE',
    message: /expected 1152 bytes/,
  });
  const wide = gradient(1, 16384, 1);
  await assert.rejects(encodeImage(wide, facts, { format: 'webp' }), { code: 'FACEPIPE_E_IMAGE_ENCODE' });
  await assert.rejects(encodeImage(gradient(1), { ...facts, seq: 0 }), { code: 'FACEPIPE_E_FACTS_INVALID' });
});

test('what is not a raster image is refused, whatever it looks like', async () => {
  const png = await encodeImage(gradient(3), facts);
  const payloads = {
    nothing: Buffer.alloc(0),
    text: Buffer.from('hello, face.png'),
    svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'),
    pdf: Buffer.from('%PDF-1.4\n'),
    zeros: Buffer.alloc(1000),
    'the first bytes of a PNG': png.subarray(0, 20),
    'a JPEG without content': Buffer.from([0xff, 0xd8, 0xff, 0xd9]),
    'a WebP without content': Buffer.from('RIFF\u0004\u0000\u0000\u0000WEBP', 'latin1'),
  };
  for (const [name, payload] of Object.entries(payloads)) {
    await assert.rejects(inspectImage(payload), { code: 'FACEPIPE_E_NOT_AN_IMAGE', exit: 1 }, name);
  }
});

test('foreign images have no facts; a foreign or damaged description is none', async () => {
  const picture = sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } });
  for (const format of ['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const) {
    const info = await inspectImage(await picture.clone().toFormat(format).toBuffer());
    assert.deepEqual(
      [info.format, info.contentType, info.width, info.height],
      [format, `image/${format}`, 20, 10],
    );
    assert.equal(info.facts, undefined);
  }
  const described = picture.clone().withExif({ IFD0: { ImageDescription: 'OLYMPUS DIGITAL CAMERA' } });
  assert.equal((await inspectImage(await described.jpeg().toBuffer())).facts, undefined);
  const jpeg = await encodeImage(gradient(3), facts, { format: 'jpeg' });
  const start = jpeg.indexOf('Exif\0\0') + 6;
  assert.equal(
    (
      await inspectImage(
        Buffer.concat([jpeg.subarray(0, start), Buffer.alloc(8, 255), jpeg.subarray(start + 8)]),
      )
    ).facts,
    undefined,
  );
});

test('our own description, damaged, is not passed over in silence', async () => {
  const damaged = sharp(gradient(3).data, { raw: { width: 24, height: 16, channels: 3 } })
    .withExif({ IFD0: { ImageDescription: 'facepipe:id=42' } })
    .png();
  await assert.rejects(inspectImage(await damaged.toBuffer()), { code: 'FACEPIPE_E_FACTS_INVALID' });
});

test('width and height are those of the upright picture', async () => {
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    const file = await sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } })
      .withMetadata({ orientation })
      .jpeg()
      .toBuffer();
    const { width, height } = await inspectImage(file);
    assert.deepEqual([width, height], orientation < 5 ? [20, 10] : [10, 20], `orientation ${orientation}`);
  }
});

/** A PNG chunk: length, name, data, CRC (ISO/IEC 15948, 5.3). */
function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

test('a picture of 30,000 × 30,000 pixels is inspected without being decoded', async () => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(30_000, 0);
  header.writeUInt32BE(30_000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const png = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  const before = process.memoryUsage().rss;
  const { width, height } = await inspectImage(png);
  assert.deepEqual([width, height], [30_000, 30_000]);
  // Decoded it would be 2.7 GB.
  assert.ok(process.memoryUsage().rss - before < 200e6);
});

test('the photographs of the repository are inspected', async () => {
  const photos = new URL('../../../edge/photos/', import.meta.url);
  const sizes = { 'astronaut.png': [512, 512], 'camera.png': [512, 512], 'grace_hopper.jpg': [512, 600] };
  for (const [name, size] of Object.entries(sizes)) {
    const { width, height } = await inspectImage(await readFile(new URL(name, photos)));
    assert.deepEqual([width, height], size, name);
  }
});
