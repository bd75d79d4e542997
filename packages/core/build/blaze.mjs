// Packs the weights of BlazeFace for the package, after the compiler: what @mediapipe/face_detection has as models of
// TensorFlow Lite becomes layers of the kernel, whose weights stay as they are. Its licence wants a copy of itself,
// and a notice.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fuse } from '../dist/blaze-fuse.js';
import { packWeights } from '../dist/blaze-pack.js';
import { readTflite } from '../dist/tflite.js';

const to = new URL('../weights/', import.meta.url);
const publisher = '@mediapipe/face_detection';
const models = {
  full: [
    'face_detection_full_range.tflite',
    '99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3',
  ],
  short: [
    'face_detection_short_range.tflite',
    '3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633',
  ],
};
const packer = ['blaze-compact', 'blaze-fuse', 'blaze-model', 'blaze-pack', 'tflite'];
const newest = Math.max(
  ...packer.map((name) => statSync(new URL(`../dist/${name}.js`, import.meta.url)).mtimeMs),
);

mkdirSync(to, { recursive: true });
for (const [name, [file, sha256]] of Object.entries(models)) {
  const target = new URL(`${name}.blaze`, to);
  if (existsSync(target) && statSync(target).mtimeMs >= newest) continue;
  const bytes = readFileSync(new URL(import.meta.resolve(`${publisher}/${file}`)));
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    // nothing is built with weights that are not the published ones
    console.error(`weights: ${publisher}/${file} has the SHA-256 ${found} and not ${sha256}`);
    process.exit(1);
  }
  writeFileSync(target, packWeights(fuse(readTflite(bytes))));
}

const { version } = JSON.parse(
  readFileSync(new URL(import.meta.resolve(`${publisher}/package.json`)), 'utf8'),
);
const notice = `The weights of BlazeFace, by Google's MediaPipe (https://github.com/google-ai-edge/mediapipe), from
the npm package ${publisher} ${version}:
${Object.entries(models)
  .map(([name, [file]]) => `${name}.blaze was made of ${file}`)
  .join('\n')}
The numbers are the same; their order and the form of the file were changed for @facepipe/core.
Bazarevsky et al.: BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs, arXiv:1907.05047.
They are under the Apache License 2.0:
`;
const licence = readFileSync(new URL('../LICENSE', import.meta.url), 'utf8');
writeFileSync(new URL('LICENSE.txt', to), `${notice}\n${licence}`);
