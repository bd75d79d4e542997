import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readCascade } from '../dist/cascade-read.js';
import { cascadeEngineNames } from '../dist/engines.js';
import { toGray } from '../dist/gray.js';
import { bytesPerPixel, evenSizes, type PixelFormat } from '../dist/image.js';
import { createDetector } from '../dist/index.js';
import type { DetectOptions } from '../dist/option.js';
import { toRgb } from '../dist/rgb.js';
import { oldXml } from './cascade-old.js';
import { tuple } from './golden.js';
import { cropped, grayPhoto } from './photo.js';

const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('../golden/opencv.py', import.meta.url));
const native = existsSync(python) && spawnSync(python, ['-c', 'import cv2']).status === 0;
const skip = native ? false : 'native OpenCV is not installed: apt-get install python3-opencv';

function ask(questions: object[]): unknown[] {
  const { stdout, stderr, status } = spawnSync(python, [script, '-'], {
    input: JSON.stringify(questions),
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/** Park and Miller's generator: the same pictures in every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 0x7fffffff;
    return state % below;
  };
}

test('random parts of the photographs, with random options, give the boxes of the OpenCV on this machine', {
  skip,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-native-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const pick = random(20_261_121);
  const astronaut = await grayPhoto('astronaut');
  const cascades = ['frontalface_default', 'frontalface_alt2', 'upperbody', 'lbpcascade_frontalface'];
  const cases = Array.from({ length: 40 }, (_, index) => {
    const [width, height] = [170 + pick(150), 170 + pick(150)];
    const gray = cropped(astronaut, [100 + pick(60), pick(60), width, height]);
    const options: DetectOptions = {
      scaleFactor: 1.05 + pick(60) / 100,
      minNeighbors: pick(5),
      ...(pick(2) && { minSize: 20 + pick(60) }),
      ...(pick(2) && { maxSize: { width: 80 + pick(200), height: 80 + pick(200) } }),
    };
    const file = join(folder, `${index}.raw`);
    writeFileSync(file, gray.data);
    return { gray, options, file, cascade: cascades[index % cascades.length] ?? '' };
  });
  const answers = ask(
    cases.map(({ gray, options, file, cascade }) => {
      const model = cascade.startsWith('lbpcascade') ? cascade : `haarcascade_${cascade}`;
      const url = new URL(`../../../models/${model}.xml`, import.meta.url);
      return { faces: file, width: gray.width, height: gray.height, cascade: fileURLToPath(url), options };
    }),
  );
  assert.ok(answers.flat().length > 50, 'the pictures must have faces');

  const runs = cascades.flatMap((cascade) => cascadeEngineNames.map((engine) => ({ cascade, engine })));
  for (const { cascade, engine } of runs) {
    const detector = await createDetector({ cascade, engine });
    for (const [index, one] of cases.entries()) {
      if (one.cascade !== cascade) continue;
      const faces = await detector.detect({ ...one.gray, format: 'gray' }, one.options);
      const about = `${engine} ${cascade} ${one.gray.width}x${one.gray.height} ${JSON.stringify(one.options)}`;
      assert.deepEqual(faces.map(tuple), answers[index], about);
    }
    await detector.close();
  }
});

test('noise in every format becomes the grey and the colours of the OpenCV on this machine', {
  skip,
}, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-native-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const pick = random(7);
  const formats = Object.keys(bytesPerPixel) as PixelFormat[];
  const width = 334;
  const made: { data: Uint8Array }[] = [];
  const questions = formats.flatMap((format) => {
    const height = evenSizes[format]?.includes('height') ? 78 : 77;
    const data = Uint8Array.from({ length: width * height * bytesPerPixel[format] }, () => pick(256));
    const file = join(folder, `${format}.raw`);
    writeFileSync(file, data);
    const image = { data, width, height, format };
    made.push(toGray(image), toRgb(image));
    return [
      { ...image, data: undefined, gray: file },
      { ...image, data: undefined, rgb: file },
    ];
  });
  const hashes = made.map(({ data }) => createHash('sha256').update(data).digest('hex'));
  assert.deepEqual(hashes, ask(questions));
});

test('cascades of the old format give the boxes of the OpenCV on this machine', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-native-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const gray = await grayPhoto('astronaut');
  const faces = join(folder, 'gray.raw');
  writeFileSync(faces, gray.data);
  const { width, height } = gray;
  const options = { scaleFactor: 1.1, minNeighbors: 0 };
  // stumps, trees of two nodes, and tilted features
  for (const name of ['frontalface_default', 'frontalface_alt2', 'upperbody', 'fullbody']) {
    const source = new URL(`../../../models/haarcascade_${name}.xml`, import.meta.url);
    const file = join(folder, `${name}.xml`);
    writeFileSync(file, oldXml(readCascade(readFileSync(source, 'utf8'))));
    const [expected] = ask([{ faces, width, height, cascade: file, options }]);
    assert.ok(Array.isArray(expected) && expected.length > 0, `${name} must find something`);
    const detector = await createDetector({ cascade: pathToFileURL(file) });
    const found = await detector.detect({ ...gray, format: 'gray' }, options);
    assert.deepEqual(found.map(tuple), expected, name);
    await detector.close();
  }
});
