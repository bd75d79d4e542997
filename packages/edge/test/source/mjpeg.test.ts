import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { test } from 'node:test';
import sharp from 'sharp';
import { openSource } from '../../dist/source/open.js';
import { photoPath } from '../../dist/source/person.js';
import type { Frame, SourceOptions } from '../../dist/source/source.js';

const sizes = [96, 64, 80];
const pictures = await Promise.all(
  sizes.map((size) => sharp(photoPath('astronaut.png')).resize(size).jpeg().toBuffer()),
);
const never = new AbortController().signal;

async function read(stdin: NodeJS.ReadableStream, options: SourceOptions = {}) {
  const source = await openSource('-', { stdin, ...options });
  const frames: Frame[] = [];
  for await (const frame of source.frames(never)) frames.push(frame);
  return { source, frames };
}

/** The bytes in chunks of `size`. */
function chunked(bytes: Buffer, size: number): Readable {
  return Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    ),
  );
}

test('pictures on stdin become numbered frames', async () => {
  const { source, frames } = await read(chunked(Buffer.concat(pictures), 700));
  assert.deepEqual([source.live, source.corrupt], [false, 0]);
  assert.deepEqual(
    frames.map(({ number, width, format }) => [number, width, format]),
    sizes.map((size, i) => [i + 1, size, 'rgb']),
  );
});

test('broken pictures among good ones are counted, told and passed over', async () => {
  const [a, b, c] = pictures;
  assert.ok(a && b && c);
  // framed well, but its tables are not what they say
  const garbled = Buffer.from(b);
  garbled.fill(0xee, b.indexOf(Buffer.from([0xff, 0xc4])) + 4, b.indexOf(Buffer.from([0xff, 0xc4])) + 20);
  const warnings: string[] = [];
  const stream = Buffer.concat([a, b.subarray(0, 1200), garbled, c, a.subarray(0, -100)]);
  const { source, frames } = await read(chunked(stream, 999), {
    onWarning: (message) => warnings.push(message),
  });
  assert.deepEqual(
    frames.map(({ width }) => width),
    [96, 80],
  );
  assert.equal(source.corrupt, 3);
  assert.equal(warnings.length, 3);
});

test('pictures without their end marker are whole', async () => {
  const unended = pictures.map((picture) => picture.subarray(0, -2));
  const { source, frames } = await read(chunked(Buffer.concat([...unended, ...unended]), 700));
  assert.deepEqual([frames.length, source.corrupt], [2 * pictures.length, 0]);
});

test('stdin without a picture is an empty source', async () => {
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('hello\n'),
    pictures[0]?.subarray(0, 500) ?? Buffer.alloc(0),
  ]) {
    await assert.rejects(read(chunked(bytes, 64)), { code: 'FACEPIPE_E_SOURCE_EMPTY', exit: 3 });
  }
});

test('endless bytes without a picture are given up', async () => {
  const zeros = Buffer.alloc(1 << 20);
  const endless = new Readable({ read: () => endless.push(zeros) });
  await assert.rejects(read(endless), { code: 'FACEPIPE_E_SOURCE_EMPTY' });
  assert.equal(endless.destroyed, true);
});

test('abort ends a silent stdin, and leaving the loop lets go of it', async () => {
  const silent = new PassThrough();
  const abort = new AbortController();
  const waiting = (await openSource('-', { stdin: silent }))
    .frames(abort.signal)
    [Symbol.asyncIterator]()
    .next();
  setImmediate(() => abort.abort());
  assert.deepEqual(await waiting, { value: undefined, done: true });
  assert.equal(silent.destroyed, true);

  const open = new PassThrough();
  open.write(Buffer.concat(pictures));
  for await (const _ of (await openSource('-', { stdin: open })).frames(never)) break;
  assert.equal(open.destroyed, true);
});

test('a terminal is no source of pictures', async () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  await assert.rejects(openSource('-', { stdin: terminal }), { code: 'FACEPIPE_E_SOURCE_TERMINAL', exit: 2 });
});

test('realtime makes stdin live', async () => {
  assert.equal((await openSource('-', { stdin: new PassThrough(), realtime: true })).live, true);
});
