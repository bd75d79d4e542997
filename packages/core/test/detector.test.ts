import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Image } from '../dist/image.js';
import { createDetector, type DetectorOptions } from '../dist/index.js';
import { collectGarbage } from './collect-garbage.js';
import { tuple } from './golden.js';
import { grayPhoto, rgbPhoto } from './photo.js';

const withoutGc = collectGarbage ? false : 'this runtime shows no gc()';
let astronaut: Image;
const found = { x: 177, y: 66, width: 95, height: 95, neighbors: 40 };

before(async () => {
  astronaut = { ...(await rgbPhoto('astronaut')), format: 'rgb' };
});

test('the face of the astronaut is found, with the defaults and in every format', async (t) => {
  const detector = await createDetector();
  t.after(() => detector.close());
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  assert.equal(detector.engine, `simd ${version}`);
  assert.equal(detector.cascade, 'frontalface_default');
  const { data: rgb, width, height } = astronaut;
  const pixels = (step: number, order: number[]) =>
    Uint8Array.from({ length: width * height * step }, (_, at) => {
      const channel = order[at % step];
      return channel === undefined ? 255 : (rgb[Math.floor(at / step) * 3 + channel] ?? 0);
    });
  const gray = await grayPhoto('astronaut');
  const images: Image[] = [
    astronaut,
    { data: pixels(4, [0, 1, 2]), width, height, format: 'rgba' },
    { data: new Uint8ClampedArray(pixels(4, [0, 1, 2])), width, height, format: 'rgba' },
    { data: pixels(3, [2, 1, 0]), width, height, format: 'bgr' },
    { data: pixels(4, [2, 1, 0]), width, height, format: 'bgra' },
    { ...gray, format: 'gray' },
    {
      data: Uint8Array.from({ length: width * height * 2 }, (_, at) =>
        at % 2 ? 128 : (gray.data[at / 2] ?? 0),
      ),
      width,
      height,
      format: 'yuyv',
    },
  ];
  for (const image of images) {
    assert.deepEqual(await detector.detect(image, { minSize: 60 }), [found], image.format);
  }
});

test('an image may be of any class, with getters for its parts', async (t) => {
  const detector = await createDetector();
  t.after(() => detector.close());
  class Picture {
    get data() {
      return astronaut.data;
    }
    get width() {
      return astronaut.width;
    }
    get height() {
      return astronaut.height;
    }
    get format() {
      return astronaut.format;
    }
  }
  assert.deepEqual(await detector.detect(new Picture(), { minSize: 60 }), [found]);
});

test('a misspelt option is refused, one that is undefined is none', async (t) => {
  const detector = await createDetector({ thread: undefined } as DetectorOptions);
  t.after(() => detector.close());
  await assert.rejects(createDetector({ treads: 2 } as DetectorOptions), {
    code: 'FACEPIPE_E_ARGUMENT',
    message: 'Expected option threads for options but received treads.',
  });
  await assert.rejects(detector.detect(astronaut, { minsize: 60 } as object), {
    message: 'Expected option minSize for options but received minsize.',
  });
  await assert.rejects(detector.detect(astronaut, { colour: 1 } as object), {
    message:
      'Expected one of the options scaleFactor, minNeighbors, minSize, maxSize, scores, roi, maxFaces, signal for options but received colour.',
  });
});

test('a closed detector that is kept does not keep the engine’s memory', { skip: withoutGc }, async () => {
  const freed = new Set<string>();
  const registry = new FinalizationRegistry<string>((name) => freed.add(name));
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...given) => {
    const instance = await instantiate(...given);
    registry.register(instance.exports.memory as object, 'memory');
    return instance;
  };
  const detector = await createDetector();
  WebAssembly.instantiate = instantiate;
  await detector.detect(astronaut, { minSize: 60 });
  await detector.close();
  for (let turn = 0; turn < 200 && !freed.has('memory'); turn++) {
    collectGarbage?.();
    await new Promise(setImmediate);
  }
  assert.ok(freed.has('memory'));
  await assert.rejects(detector.detect(astronaut), { code: 'FACEPIPE_E_DETECTOR_CLOSED' });
});

test('faces are sorted by y, then x, then width', async (t) => {
  const detector = await createDetector();
  t.after(() => detector.close());
  const faces = await detector.detect(astronaut, { minNeighbors: 0 });
  assert.ok(faces.length > 20);
  for (const [index, face] of faces.entries()) {
    const last = faces[index - 1];
    if (!last) continue;
    assert.ok(
      last.y < face.y ||
        (last.y === face.y && (last.x < face.x || (last.x === face.x && last.width <= face.width))),
    );
  }
  assert.deepEqual(new Set(faces.map(({ neighbors }) => neighbors)), new Set([1]));
});

test('two detectors live at once and calls overlap, while the caller uses its memory again', async () => {
  const [face, eyes] = await Promise.all([
    createDetector(),
    createDetector({ cascade: 'eye_tree_eyeglasses' }),
  ]);
  const data = Uint8Array.from(astronaut.data);
  const options = { minSize: 60 };
  const calls = [
    face.detect({ ...astronaut, data }, options),
    eyes.detect({ ...astronaut, data }),
    face.detect({ ...astronaut, data }, options),
  ];
  data.fill(0);
  calls.push(face.detect({ ...astronaut, data }, options));
  const [first, second, third, fourth] = await Promise.all(calls);
  assert.deepEqual(first, [found]);
  assert.deepEqual(second?.map(tuple), [
    [191, 89, 24, 24, 26],
    [233, 89, 29, 29, 28],
  ]);
  assert.deepEqual(third, [found]);
  assert.deepEqual(fourth, []);
  await face.close();
  assert.equal((await eyes.detect(astronaut)).length, 2, 'the other detector goes on');
  await eyes.close();
});

test('close waits for what is under way, can be called again, and ends the detector', async () => {
  const detector = await createDetector();
  const running = detector.detect(astronaut, { minSize: 60 });
  await Promise.all([detector.close(), detector.close()]);
  assert.deepEqual(await running, [found]);
  await assert.rejects(detector.detect(astronaut), {
    name: 'FacepipeError',
    code: 'FACEPIPE_E_DETECTOR_CLOSED',
    message: 'The detector has been closed. Make another with createDetector().',
  });
});

test('images smaller than the window have no faces', async (t) => {
  const detector = await createDetector();
  t.after(() => detector.close());
  for (const [width, height] of [
    [1, 1],
    [23, 100],
    [100, 23],
    [24, 24],
  ] as const) {
    const image: Image = { data: new Uint8Array(width * height), width, height, format: 'gray' };
    assert.deepEqual(await detector.detect(image), []);
  }
});

test('bad arguments are refused with a rejection, never a throw', async (t) => {
  const detector = await createDetector();
  t.after(() => detector.close());
  await assert.rejects(detector.detect({ ...astronaut, width: 511 }), { code: 'FACEPIPE_E_ARGUMENT' });
  await assert.rejects(detector.detect(astronaut, { scaleFactor: 1 }), { code: 'FACEPIPE_E_ARGUMENT' });
  await assert.rejects(createDetector({ engine: 'gpu' } as unknown as DetectorOptions), {
    code: 'FACEPIPE_E_ARGUMENT',
    message: 'Expected one of simd, opencv, blaze for engine but received gpu of type string.',
  });
  await assert.rejects(createDetector({ cascade: 'nose' }), { code: 'FACEPIPE_E_CASCADE_UNKNOWN' });
  assert.deepEqual(await detector.detect(astronaut, { minSize: 60 }), [found], 'the detector still works');
});

test('an image too large for the engine opencv is one sentence, and the next image is looked at as ever', async (t) => {
  const [detector, other] = await Promise.all([
    createDetector({ engine: 'opencv' }),
    createDetector({ cascade: 'frontalface_alt2', engine: 'opencv' }),
  ]);
  t.after(() => Promise.all([detector.close(), other.close()]));
  const image: Image = { data: new Uint8Array(6000 * 4000), width: 6000, height: 4000, format: 'gray' };
  await assert.rejects(detector.detect(image), {
    code: 'FACEPIPE_E_ENGINE_FAILED',
    message:
      /^The engine opencv 4\.3\.0 failed on an image of 6000x4000 pixels \([^\n]+\)\. Memory is the usual reason: [^\n]+\.$/,
  });
  assert.deepEqual(
    await detector.detect(image, { minSize: 500 }),
    [],
    'it fits when the small windows are left out',
  );
  assert.deepEqual(await detector.detect(astronaut, { minSize: 60 }), [found]);
  assert.equal((await other.detect(astronaut, { minSize: 60 })).length, 1);
});

test('loading the engine opencv leaves the process alone: no listeners, no output, console as before', () => {
  const script = `
    const { log, warn } = console;
    process.on('uncaughtException', () => {});
    const detectorModule = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    const detector = await detectorModule.createDetector({ engine: 'opencv' });
    const image = { data: new Uint8Array(6000 * 4000), width: 6000, height: 4000, format: 'gray' };
    const code = await detector.detect(image).catch((error) => error.code);
    console.error(JSON.stringify({
      code,
      uncaughtException: process.listenerCount('uncaughtException'),
      unhandledRejection: process.listenerCount('unhandledRejection'),
      console: console.log === log && console.warn === warn,
    }));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  assert.equal(stdout, '');
  assert.deepEqual(JSON.parse(stderr), {
    code: 'FACEPIPE_E_ENGINE_FAILED',
    uncaughtException: 1,
    unhandledRejection: 0,
    console: true,
  });
  assert.equal(status, 0);
});

test('without the package opencv-wasm, or without the cascades, the error says what is missing', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-core-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'cascades'));
  cpSync(fileURLToPath(new URL('../dist/', import.meta.url)), join(folder, 'dist'), { recursive: true });
  const eye = 'cascades/eye.cascade';
  cpSync(fileURLToPath(new URL(`../${eye}`, import.meta.url)), join(folder, eye));
  const alone: typeof import('../dist/index.js') = await import(
    pathToFileURL(join(folder, 'dist/index.js')).href
  );
  await assert.rejects(alone.createDetector({ cascade: 'eye', engine: 'opencv' }), {
    code: 'FACEPIPE_E_ENGINE_UNAVAILABLE',
    message:
      "The engine opencv cannot be loaded here (Cannot find module 'opencv-wasm'). Install the package opencv-wasm, version 4.3.0-10, beside @facepipe/core.",
  });
  await assert.rejects(alone.createDetector(), {
    code: 'FACEPIPE_E_CASCADE_UNREADABLE',
    message: /frontalface_default\.cascade cannot be read \(ENOENT: no such file or directory\)/,
  });
});
