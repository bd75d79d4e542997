import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../support/documents.js';
import { freshFolder } from '../support/program.js';

/** What the compiler says to a program that uses the package, its declarations checked as well. */
function compile(program: string, lib: readonly string[]): string {
  const folder = freshFolder('facepipe-types-');
  try {
    mkdirSync(join(folder, 'node_modules/@facepipe'), { recursive: true });
    symlinkSync(join(root, 'packages/core'), join(folder, 'node_modules/@facepipe/core'), 'junction');
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    const compilerOptions = {
      ...{ module: 'NodeNext', target: 'ES2022', strict: true, noEmit: true, skipLibCheck: false },
      ...{ exactOptionalPropertyTypes: true, lib, types: [] },
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
    writeFileSync(join(folder, 'program.ts'), program);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    return spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const everywhere = `
import { type CascadeName, createDetector, createVerifier, type Face, type Image, type ImageSource } from '@facepipe/core';
export async function find(image: Image, cascade: CascadeName): Promise<Face[]> {
  const detector = await createDetector({ cascade, worker: true });
  const verifier = await createVerifier({ weights: new Uint8Array(8) });
  const source: ImageSource = { ...image, stride: 4 * image.width };
  await verifier.verify(source, [{ x: 0, y: 0, width: 9, height: 9 }]);
  const side: number | undefined = detector.window?.width;
  const roi = { x: 0, y: 0, width: side ?? 24, height: 24 };
  return detector.detect(source, { roi, maxFaces: 1, minSize: 30 });
}
`;

test('the types need neither the library "dom" nor those of Node', { timeout: 300_000 }, () => {
  assert.equal(compile(everywhere, ['ES2022']), '');
  const disposed = `${everywhere}
export async function once(image: Image): Promise<Face[]> {
  await using detector = await createDetector();
  return detector.detect(image);
}`;
  assert.equal(compile(disposed, ['ES2022', 'ESNext.Disposable']), '');
  const wrong = `${everywhere}
(await createDetector()).detect({ data: new Uint8Array(4), width: 1, height: 1, format: 'argb' });
(await createDetector()).detect('photo.jpg');
(await createDetector()).detect({ data: new Uint8ClampedArray(4), width: 1, height: 1 });
`;
  assert.equal(compile(wrong, ['ES2022']).match(/error TS/g)?.length, 3);
});

test('what else is exported has types as well', { timeout: 300_000 }, () => {
  const inline = everywhere.replace("'@facepipe/core'", "'@facepipe/core/inline'");
  assert.equal(compile(inline, ['ES2022']), '');
  const files = `
import '@facepipe/core/opencv';
import { createDetector } from '@facepipe/core';
import kernel from '@facepipe/core/haar.wasm';
import network from '@facepipe/core/blaze.wasm';
const address: string = kernel;
await createDetector({ wasm: kernel });
await createDetector({ engine: 'blaze', wasm: network });
await createDetector({ cascade: address });
`;
  for (const lib of [['ES2022'], ['ES2022', 'DOM']]) assert.equal(compile(files, lib), '');
  assert.match(compile(`${files}\nkernel.wrong();`, ['ES2022']), /TS2339/);
});

test('with the library "dom" they take what a page has', { timeout: 300_000 }, () => {
  const page = `${everywhere}
const detector = await createDetector({ cascade: new URL('eye.xml', location.href) });
const verifier = await createVerifier({ wasm: await WebAssembly.compileStreaming(fetch('blaze.wasm')) });
type Sources = ImageData | ImageBitmap | VideoFrame | HTMLVideoElement | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas;
export async function look(source: Sources, signal: AbortSignal, file: File): Promise<Face[]> {
  await verifier.verify(source, await detector.detect(source, { signal }));
  await createDetector({ cascade: file });
  await createDetector({ cascade: file.slice(0, 9) });
  await createDetector({ cascade: await fetch('eye.xml.gz') });
  return detector.detect(source);
}
`;
  for (const more of [[], ['ESNext.Disposable']]) assert.equal(compile(page, ['ES2022', 'DOM', ...more]), '');
  const wrong = `${page}
await detector.detect(document.body);
await detector.detect(new AudioContext());
await detector.detect(new ImageData(1, 1), { signal: new AbortController() });
`;
  assert.equal(compile(wrong, ['ES2022', 'DOM']).match(/error TS/g)?.length, 3);
});
