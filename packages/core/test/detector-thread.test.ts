import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import {
  createDetector,
  type DetectOptions,
  type DetectorOptions,
  FacepipeError,
  type Image,
  loadCascade,
  type PixelFormat,
} from '../dist/index.js';
import { grayPhoto, rgbPhoto } from './photo.js';
import {
  assertCallsOverlap,
  assertCloseWaits,
  noWorkers,
  runProgram,
  withThreads,
} from './thread-program.js';

const found = { x: 177, y: 66, width: 95, height: 95, neighbors: 40 };
const photo = await grayPhoto('astronaut');
const astronaut: Image = { ...photo, format: 'gray' };
const colours: Image = { ...(await rgbPhoto('astronaut')), format: 'rgb' };

const kernel = new URL('../dist/haar.wasm', import.meta.url);
const model = new URL('../../../models/haarcascade_frontalface_default.xml', import.meta.url);

/** What a promise became: its value, or the error's members. */
async function outcome(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: await run() };
  } catch (error) {
    assert.ok(error instanceof FacepipeError, String(error));
    const { code, exit, message } = error;
    return { code, exit, message };
  }
}

for (const [what, options] of Object.entries({
  'the defaults': {},
  'two threads': { threads: 2 },
  'another cascade': { cascade: 'frontalface_alt2' },
  'a cascade’s address': { cascade: model },
  'a cascade’s bytes': { cascade: await readFile(model) },
  'a cascade of another name': { cascade: { ...(await loadCascade('eye')), name: 'mine' } },
  'the kernel’s address': { wasm: kernel },
  'the kernel’s bytes': { wasm: await readFile(kernel) },
  'the kernel compiled': { wasm: await WebAssembly.compile(await readFile(kernel)) },
  'the engine opencv': { engine: 'opencv' },
} satisfies Record<string, DetectorOptions>)) {
  test(`a detector in a thread of its own finds the same: ${what}`, async (t) => {
    const [here, { detector: there, workers }] = await Promise.all([
      createDetector(options),
      withThreads({ ...options, worker: true }),
    ]);
    t.after(() => Promise.all([here.close(), there.close()]));
    assert.ok(workers.length >= 1);
    assert.deepEqual([there.engine, there.cascade, there.threads], [here.engine, here.cascade, here.threads]);
    for (const image of [astronaut, colours]) {
      for (const search of [
        {},
        { minNeighbors: 0, scores: true },
        { minSize: 60, maxSize: { width: 99, height: 99 } },
      ]) {
        const faces = await here.detect(image, search);
        assert.ok(faces.length > 0 || search.minSize);
        assert.deepEqual(await there.detect(image, search), faces);
      }
    }
  });
}

test('every format finds the same in a thread of its own', async (t) => {
  const [here, there] = await Promise.all([createDetector(), createDetector({ worker: true })]);
  t.after(() => Promise.all([here.close(), there.close()]));
  const { width, height } = photo;
  const bytes: Record<PixelFormat, number> = {
    ...{ gray: 1, rgb: 3, rgba: 4, bgr: 3, bgra: 4, yuyv: 2, nv12: 1.5, i420: 1.5 },
  };
  for (const format of Object.keys(bytes) as PixelFormat[]) {
    const data = new Uint8ClampedArray(width * height * bytes[format]);
    const step = Math.max(1, Math.floor(bytes[format]));
    for (const [at, light] of photo.data.entries()) data.fill(light, at * step, at * step + step);
    const image = { data, width, height, format };
    assert.deepEqual(await there.detect(image), await here.detect(image), format);
  }
});

test('wrong arguments give the same errors in a thread of its own', async (t) => {
  const [here, there] = await Promise.all([createDetector(), createDetector({ worker: true })]);
  t.after(() => Promise.all([here.close(), there.close()]));
  const wrong: [unknown, unknown?][] = [
    [null],
    [{ ...astronaut, width: 511 }],
    [{ ...astronaut, data: () => {} }],
    [astronaut, null],
    [astronaut, { colour: 1 }],
    [astronaut, { scaleFactor: 1 }],
    [astronaut, { minSize: Symbol('s') }],
    [astronaut, { minSize: 60, maxSize: 50 }],
    [astronaut, { scores: 'yes' }],
  ];
  for (const [image, search] of wrong) {
    const ask = (detector: typeof here) => () => detector.detect(image as Image, search as DetectOptions);
    const said = await outcome(ask(there));
    assert.deepEqual(said, await outcome(ask(here)));
    assert.equal((said as { code: string }).code, 'FACEPIPE_E_ARGUMENT');
  }
  // what cannot be sent stays here, and a smallest face larger than the image finds nothing
  const size = { width: 60, height: 60, note: () => {} };
  assert.deepEqual(await there.detect(astronaut, { minSize: size }), [found]);
  const noted = { ...astronaut, note: () => {} };
  assert.deepEqual(await there.detect(noted, { minSize: 60 }), [found]);
  assert.deepEqual(
    await there.detect(astronaut, { minSize: 600 }),
    await here.detect(astronaut, { minSize: 600 }),
  );
});

test('a detector that cannot be made says the same in a thread of its own', async () => {
  const wrong: [DetectorOptions, string][] = [
    [{ cascade: 'nose' }, 'FACEPIPE_E_CASCADE_UNKNOWN'],
    [{ cascade: '<opencv_storage/>' }, 'FACEPIPE_E_CASCADE_INVALID'],
    [{ cascade: (() => {}) as unknown as string }, 'FACEPIPE_E_ARGUMENT'],
    [{ wasm: Uint8Array.of(0, 1, 2) }, 'FACEPIPE_E_ENGINE_UNAVAILABLE'],
    [{ threads: 0 }, 'FACEPIPE_E_ARGUMENT'],
    [{ engine: 'opencv', threads: 2 }, 'FACEPIPE_E_ARGUMENT'],
    // found out by the engine, in the thread
    [{ cascade: { name: 'broken', bytes: new Uint8Array(64) } }, 'FACEPIPE_E_CASCADE_INVALID'],
    [
      { cascade: { name: 'broken', bytes: new Uint8Array(64) }, engine: 'opencv' },
      'FACEPIPE_E_CASCADE_INVALID',
    ],
  ];
  for (const [options, code] of wrong) {
    const said = await outcome(() => createDetector({ ...options, worker: true }));
    assert.deepEqual(said, await outcome(() => createDetector(options)));
    assert.equal((said as { code: string }).code, code);
  }
  await assert.rejects(createDetector({ worker: 'yes' } as unknown as DetectorOptions), {
    code: 'FACEPIPE_E_ARGUMENT',
    message: 'Expected boolean for worker but received yes of type string.',
  });
});

test('an engine that fails says so from its thread, and the next image is searched', async (t) => {
  const detector = await createDetector({ engine: 'opencv', worker: true });
  t.after(() => detector.close());
  const image: Image = { data: new Uint8Array(6000 * 4000), width: 6000, height: 4000, format: 'gray' };
  await assert.rejects(detector.detect(image), {
    code: 'FACEPIPE_E_ENGINE_FAILED',
    exit: 1,
    message: /^The engine opencv 4\.3\.0 failed on an image of 6000x4000 pixels /,
  });
  assert.deepEqual(await detector.detect(astronaut, { minSize: 60 }), [found]);
});

for (const threads of [1, 2]) {
  test(`calls to a thread may overlap, and the image’s memory may be used again, ${threads} searching`, async (t) => {
    const [alone, there] = await Promise.all([createDetector(), createDetector({ worker: true, threads })]);
    t.after(() => Promise.all([alone.close(), there.close()]));
    await assertCallsOverlap(there, alone);
  });
}

test('close waits for what is under way in the thread', async () => {
  const detector = await createDetector({ worker: true });
  await assertCloseWaits(detector, astronaut, found);
  assert.deepEqual([detector.engine.split(' ')[0], detector.threads], ['simd', 1]);
});

test('a detector’s thread that ends fails the call under way and no other: the next has another thread', async (t) => {
  const { detector, workers } = await withThreads({ worker: true });
  t.after(() => detector.close());
  const ending = workers[0]?.terminate();
  const failed = detector.detect(astronaut, { minSize: 60 });
  const following = detector.detect(astronaut, { minSize: 60 });
  await assert.rejects(failed, {
    code: 'FACEPIPE_E_ENGINE_FAILED',
    message: /^The engine simd \S+ failed on an image of 512x512 pixels \(a thread has ended\)\. /,
  });
  assert.deepEqual(await following, [found]);
  await ending;
  const next = [1, 2].map(() => detector.detect(astronaut, { minSize: 60 }));
  assert.deepEqual(await Promise.all(next), [[found], [found]]);
});

test('a program waits for a detection in a thread, and not for the idle thread', () => {
  assert.equal(runProgram({ worker: true }), '1 0');
  assert.equal(runProgram({ worker: true, threads: 2 }), '2 0');
});

test('where memory cannot be shared, a thread is sent the pixels, which stay the caller’s', async (t) => {
  const detector = await createDetector({ worker: true });
  t.after(() => detector.close());
  // Node itself needs it to start a thread
  const kept = Object.getOwnPropertyDescriptor(globalThis, 'SharedArrayBuffer') ?? {};
  Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
  try {
    for (const image of [astronaut, colours, { ...colours, data: Buffer.from(colours.data) }]) {
      assert.deepEqual(await detector.detect(image, { minSize: 60 }), [found]);
      assert.ok(image.data.length > 0);
    }
  } finally {
    Object.defineProperty(globalThis, 'SharedArrayBuffer', kept);
  }
});

test('where workers are not allowed, the error says what can be done', () => {
  assert.match(
    runProgram({ worker: true }, '', noWorkers),
    /^FACEPIPE_E_WORKER_UNAVAILABLE No thread for a detector can be started here \([^()\n]+\)\. Let detector-worker\.js lie beside the module, or leave out the option worker\.$/,
  );
});

/** Everything that is sent to threads until the test ends. */
function messages(t: TestContext): unknown[] {
  const sent: unknown[] = [];
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, ...message) {
    sent.push(message[0]);
    postMessage.apply(this, message);
  };
  t.after(() => {
    Worker.prototype.postMessage = postMessage;
  });
  return sent;
}

test('what is given up before its turn never gets to the thread', async (t) => {
  const sent = messages(t);
  const detector = await createDetector({ worker: true });
  t.after(() => detector.close());
  assert.equal(sent.length, 1);
  const abort = new AbortController();
  const { signal } = abort;
  const first = detector.detect(astronaut, { minSize: 60 });
  const given = [1, 2, 3].map(() => detector.detect(astronaut, { signal }));
  const last = detector.detect(astronaut, { minSize: 60 });
  abort.abort(new Error('no longer wanted'));
  for (const call of given) await assert.rejects(call, { message: 'no longer wanted' });
  assert.deepEqual(await Promise.all([first, last]), [[found], [found]]);
  assert.equal(sent.length, 3);
});

test('XML is parsed in the thread, and what is wrong with it is said as here', async (t) => {
  const sent = messages(t);
  const xml = await readFile(model);
  const detector = await createDetector({ cascade: xml, worker: true });
  t.after(() => detector.close());
  const [opening] = sent as [{ cascade: { file: Uint8Array } }];
  assert.deepEqual(opening.cascade.file, new Uint8Array(xml));
  assert.deepEqual([detector.cascade, detector.window], ['custom', { width: 24, height: 24 }]);
  assert.deepEqual(await detector.detect(astronaut, { minSize: 60 }), [found]);
  for (const cascade of [xml.subarray(0, 5000), Buffer.from('nonsense')]) {
    const said = await outcome(() => createDetector({ cascade, worker: true }));
    assert.deepEqual(said, await outcome(() => createDetector({ cascade })));
    assert.equal((said as { code: string }).code, 'FACEPIPE_E_CASCADE_INVALID');
  }
});
