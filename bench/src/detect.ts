import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDetector, type GrayImage, toGray } from '@facepipe/core';
import sharp from 'sharp';
import { machine } from './machine.js';
import { median } from './median.js';
import { table } from './table.js';

// node dist/detect.js: milliseconds for one detection in grey pixels, beside native OpenCV where there is one.

const photos = new URL('../../packages/cli/photos/', import.meta.url);
const models = new URL('../../models/', import.meta.url);
const cascades = ['frontalface_default', 'frontalface_alt2', 'lbpcascade_frontalface'];
const options = { scaleFactor: 1.1, minNeighbors: 3, minSize: 30 };
const runs = 5;

interface Picture extends GrayImage {
  name: string;
}

async function picture(file: string, size?: [number, number]): Promise<Picture> {
  const source = sharp(fileURLToPath(new URL(file, photos)))
    .toColourspace('srgb')
    .removeAlpha();
  const sized = size ? source.resize(size[0], size[1], { fit: 'cover' }) : source;
  const { data, info } = await sized.raw().toBuffer({ resolveWithObject: true });
  const gray = toGray({ data, width: info.width, height: info.height, format: 'rgb' });
  return { name: `${file} ${info.width}x${info.height}`, ...gray };
}

const pictures = [
  await picture('astronaut.png', [320, 240]),
  await picture('astronaut.png'),
  await picture('camera.png'),
  await picture('grace_hopper.jpg'),
  await picture('astronaut.png', [640, 480]),
  await picture('astronaut.png', [1280, 720]),
];

interface Answer {
  ms: number[];
  faces: number[][];
}

interface Measured {
  engine: string;
  /** cascade by cascade, and in each picture by picture */
  answers: Answer[];
}

/** As sets: native OpenCV's order is its own. */
function compare(a: readonly number[], b: readonly number[]): number {
  return a.map((value, index) => value - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

async function measure(): Promise<Measured> {
  const answers: Answer[] = [];
  let engine = '';
  for (const cascade of cascades) {
    const detector = await createDetector({ cascade });
    engine = detector.engine;
    for (const { data, width, height } of pictures) {
      const image = { data, width, height, format: 'gray' } as const;
      const found = await detector.detect(image, options);
      const ms: number[] = [];
      for (let run = 0; run < runs; run++) {
        const start = performance.now();
        await detector.detect(image, options);
        ms.push(performance.now() - start);
      }
      const faces = found.map((face) => [face.x, face.y, face.width, face.height, face.neighbors]);
      answers.push({ ms, faces: faces.sort(compare) });
    }
    await detector.close();
  }
  return { engine, answers };
}

function measureNative(): Measured | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-bench-'));
  try {
    const files = pictures.map(({ data, width, height }, index) => {
      const file = join(folder, `${index}.raw`);
      writeFileSync(file, data);
      return { file, width, height };
    });
    const paths = cascades.map((name) => {
      const file = name.startsWith('lbpcascade_') ? name : `haarcascade_${name}`;
      return fileURLToPath(new URL(`${file}.xml`, models));
    });
    const script = fileURLToPath(new URL('../detect.py', import.meta.url));
    const input = JSON.stringify({ cascades: paths, pictures: files, options, runs });
    const { stdout, status } = spawnSync('/usr/bin/python3', [script], { input, encoding: 'utf8' });
    if (status !== 0) return undefined;
    const { version, answers } = JSON.parse(stdout) as { version: string; answers: Answer[] };
    return { engine: `native ${version}, 1 thread`, answers };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

console.log(machine());
const engines = [await measure()];
const native = measureNative();
if (native) engines.push(native);
else console.log('Without native OpenCV, which is not installed: apt-get install python3-opencv');

console.log(`\nscaleFactor 1.1, minNeighbors 3, minSize 30, grey pixels; medians of ${runs} in milliseconds`);
const rows = cascades.flatMap((cascade, at) =>
  pictures.map(({ name }, index) => {
    const answers = engines.map((engine) => engine.answers[at * pictures.length + index]);
    const times = answers.map((answer) => median(answer?.ms ?? []).toFixed(1));
    const [first, ...others] = answers.map((answer) => JSON.stringify(answer?.faces));
    const same = others.length === 0 ? '' : others.every((other) => other === first) ? 'yes' : 'NO';
    return [`${cascade}, ${name}`, ...times, answers[0]?.faces.length ?? 0, same];
  }),
);
console.log(table(['cascade, picture', ...engines.map(({ engine }) => engine), 'faces', 'same boxes'], rows));
