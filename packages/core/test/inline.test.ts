import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createDetector, type DetectorOptions, type Image } from '../dist/index.js';
import { grayPhoto } from './photo.js';

const core = fileURLToPath(new URL('..', import.meta.url));
const files = ['inline.js', 'inside.js'];

const read = (file: string): Buffer => readFileSync(join(core, file));

suite('inline, with nothing beside it', () => {
  let inline: typeof import('../dist/inline.js');
  let photo: Image;
  before(async () => {
    photo = { ...(await grayPhoto('astronaut')), format: 'gray' };
    const folder = mkdtempSync(join(tmpdir(), 'facepipe-inline-'));
    try {
      for (const file of files) cpSync(join(core, 'bundle', file), join(folder, file));
      cpSync(join(core, 'package.json'), join(folder, 'package.json'));
      inline = await import(pathToFileURL(join(folder, 'inline.js')).href);
    } finally {
      // nothing is read later
      rmSync(folder, { recursive: true });
    }
  });

  async function found(create: typeof createDetector, options?: DetectorOptions) {
    const detector = await create(options);
    const faces = await detector.detect(photo, { minSize: 30, scores: true });
    await detector.close();
    return { faces, engine: detector.engine, cascade: detector.cascade, threads: detector.threads };
  }

  test('finds what the package finds', async () => {
    const expected = await found(createDetector);
    assert.ok(expected.faces.length > 0);
    assert.deepEqual(await found(inline.createDetector), expected);
    for (const cascade of ['frontalface_default', 'haarcascade_frontalface_default.xml'])
      assert.deepEqual(await found(inline.createDetector, { cascade }), expected, cascade);
    const cascade = await inline.loadCascade('frontalface_default');
    assert.deepEqual(cascade.bytes, new Uint8Array(read('cascades/frontalface_default.cascade')));
    assert.deepEqual(await found(inline.createDetector, { cascade }), expected);
    const wasm = await WebAssembly.compile(read('bundle/haar.wasm'));
    assert.deepEqual(await found(inline.createDetector, { wasm }), expected);
  });

  test('takes as bytes what is not inside: cascades, compact and as XML, and the network', async () => {
    for (const [file, cascade] of [
      ['cascades/eye.cascade', 'eye'],
      ['../../models/haarcascade_eye.xml', 'eye'],
    ] as const) {
      const given = await found(inline.createDetector, { cascade: read(file) });
      assert.deepEqual(given, { ...(await found(createDetector, { cascade })), cascade: 'custom' });
    }
    const network = { weights: read('weights/short.blaze'), wasm: read('bundle/blaze.wasm') };
    const box = { x: 170, y: 70, width: 110, height: 110 };
    const verifier = await inline.createVerifier({ model: 'short', ...network });
    const [verdict] = await verifier.verify(photo, [box]);
    assert.ok(verdict && verdict.score > 0.5);
    const detector = await inline.createDetector({ engine: 'blaze', model: 'short', ...network });
    assert.equal((await detector.detect(photo)).length, 1);
  });

  test('says what is not inside', async () => {
    await assert.rejects(inline.createDetector({ cascade: 'eye' }), {
      code: 'FACEPIPE_E_CASCADE_UNREADABLE',
      message: /^The cascade eye cannot be read \(eye\.cascade is not in this file of @facepipe\/core\)/,
    });
    await assert.rejects(inline.createVerifier(), {
      code: 'FACEPIPE_E_WEIGHTS_UNREADABLE',
      message: /^The weights full cannot be read \(full\.blaze is not in this file of @facepipe\/core\)/,
    });
    await assert.rejects(inline.createDetector({ engine: 'opencv' }), {
      code: 'FACEPIPE_E_ENGINE_UNAVAILABLE',
      message: /is not in @facepipe\/core\/inline\)\. Import @facepipe\/core\.$/,
    });
    await assert.rejects(inline.createDetector({ worker: true }), { code: 'FACEPIPE_E_WORKER_UNAVAILABLE' });
    assert.equal((await found(inline.createDetector, { threads: 2 })).threads, 1);
  });

  test('refuses wrong arguments as the package does', async () => {
    const wrong = [
      null,
      7,
      'eye',
      [],
      { cascades: 'eye' },
      { engine: 7 },
      { wasm: 'haar.wasm' },
      { threads: 0 },
    ];
    for (const options of wrong as unknown as DetectorOptions[]) {
      const refusal = await createDetector(options).catch((error: unknown) => error);
      assert.ok(refusal instanceof Error);
      const { message } = refusal;
      await assert.rejects(inline.createDetector(options), { code: 'FACEPIPE_E_ARGUMENT', message });
    }
    await assert.rejects(inline.loadCascade('nose'), { code: 'FACEPIPE_E_CASCADE_UNKNOWN' });
  });
});

test('no file of a thread, and nothing that is inline, imports more or looks for files beside it', () => {
  const alone = [...files, 'inline-workerd.js', 'simd-worker.js', 'detector-worker.js'];
  for (const file of alone) {
    const text = read(`bundle/${file}`).toString();
    const imported = [...text.matchAll(/^(?:import|export)\b.*?\bfrom\s*["'](.+?)["']/gm)].map(
      ([, name]) => name,
    );
    const allowed = file.startsWith('inline') ? ['./inside.js', './haar.wasm'] : [];
    assert.deepEqual(
      imported.filter((name) => !allowed.includes(name ?? '')),
      [],
      file,
    );
    assert.doesNotMatch(text, /\bimport\(/, file);
    assert.doesNotMatch(text, /new URL\(["']/, file);
    if (file.startsWith('in')) assert.doesNotMatch(text, /import\.meta/, file);
  }
  // no bundler looks for what only opencv-web.js imports
  const named = readdirSync(join(core, 'bundle')).filter((file) =>
    /(from|import)\s*\(?["']opencv-wasm/.test(read(`bundle/${file}`).toString()),
  );
  assert.deepEqual(named, ['opencv-web.js']);
});

test('declarations name no map, as none is shipped', () => {
  const files = readdirSync(join(core, 'dist')).filter((file) => file.endsWith('.d.ts'));
  assert.ok(files.length > 20);
  for (const file of files) assert.doesNotMatch(read(`dist/${file}`).toString(), /sourceMappingURL/, file);
});
