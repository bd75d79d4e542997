import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Image } from '../dist/image.js';
import { createDetector } from '../dist/index.js';
import { readGolden, tuple } from './golden.js';
import { cropped, grayPhoto } from './photo.js';

const golden = await readGolden();
const kernelUrl = new URL('../dist/haar.wasm', import.meta.url);

test('the kernel gives the boxes and neighbours of native OpenCV, case by case', async () => {
  for (const cascade of new Set(golden.cases.map((one) => one.cascade))) {
    const detector = await createDetector({ cascade, engine: 'simd' });
    for (const { image, crop, options, faces } of golden.cases.filter((one) => one.cascade === cascade)) {
      const whole = await grayPhoto(image);
      const gray = crop ? cropped(whole, crop) : whole;
      const found = await detector.detect({ ...gray, format: 'gray' }, options);
      const about = `${cascade} ${image} ${crop ?? 'whole'} ${JSON.stringify(options)}`;
      assert.deepEqual(found.map(tuple), faces, about);
    }
    await detector.close();
  }
});

test('the code can be given as an address, as bytes and compiled', async () => {
  const bytes = new Uint8Array(await readFile(kernelUrl));
  const photo = await grayPhoto('astronaut');
  for (const wasm of [kernelUrl, bytes, bytes.buffer, await WebAssembly.compile(bytes)]) {
    const detector = await createDetector({ wasm });
    const [face] = await detector.detect({ ...photo, format: 'gray' }, { minSize: 60 });
    assert.deepEqual(face, { x: 177, y: 66, width: 95, height: 95, neighbors: 40 });
    await detector.close();
  }
});

test('code that cannot be had or run is one sentence with what to do', async () => {
  await assert.rejects(createDetector({ wasm: new URL('./nothing.wasm', import.meta.url) }), {
    code: 'FACEPIPE_E_ENGINE_UNAVAILABLE',
    message:
      /^The engine simd cannot be loaded here \(ENOENT[^\n]*\)\. Let haar\.wasm lie beside the module, [^\n]*opencv\.$/,
  });
  await assert.rejects(createDetector({ wasm: Uint8Array.of(1, 2, 3, 4) }), {
    code: 'FACEPIPE_E_ENGINE_UNAVAILABLE',
  });
  await assert.rejects(createDetector({ wasm: 'haar.wasm' as unknown as URL }), {
    code: 'FACEPIPE_E_ARGUMENT',
    message: 'Expected URL, bytes or WebAssembly.Module for wasm but received haar.wasm of type string.',
  });
});

const simdFlag = '--no-enable-sse4-1';

test('a runtime without SIMD is told so, and of the other engine', {
  skip: process.arch === 'x64' ? false : `${simdFlag}, which takes SIMD from V8, is for x64`,
}, () => {
  const program = `import { createDetector } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url))};
    await createDetector().catch((error) => console.log(error.code, error.message));`;
  const args = [simdFlag, '--input-type=module', '--eval', program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.match(
    stdout,
    /^FACEPIPE_E_ENGINE_UNAVAILABLE [^\n]*\(this runtime has no WebAssembly SIMD\)\. Use [^\n]* the engine opencv\.$/m,
    stderr,
  );
});

test('the kernel stays under 40 kB', async () => {
  assert.ok((await readFile(kernelUrl)).length <= 40 * 1024);
});

test('images of changing sizes, large ones between small ones, do not disturb each other', async (t) => {
  const detector = await createDetector();
  t.after(() => detector.close());
  const photo: Image = { ...(await grayPhoto('astronaut')), format: 'gray' };
  const wide: Image = { data: new Uint8Array(3000 * 40).fill(90), width: 3000, height: 40, format: 'gray' };
  const tall: Image = { data: new Uint8Array(40 * 9000).fill(7), width: 40, height: 9000, format: 'gray' };
  const first = await detector.detect(photo, { minNeighbors: 0 });
  assert.ok(first.length > 40);
  for (const image of [wide, tall]) {
    assert.deepEqual(await detector.detect(image), []);
    assert.deepEqual(await detector.detect(photo, { minNeighbors: 0 }), first);
  }
});
