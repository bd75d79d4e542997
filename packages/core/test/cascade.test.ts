import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type CascadeSource, loadCascade } from '../dist/cascade.js';
import { cascadeNames } from '../dist/cascade-bundle.js';
import type { CascadeModel } from '../dist/cascade-model.js';
import { packCascade } from '../dist/cascade-pack.js';
import { readCascade } from '../dist/cascade-read.js';
import { unpackCascade } from '../dist/cascade-unpack.js';
import { writeCascade } from '../dist/cascade-xml.js';
import { createDetector } from '../dist/index.js';

const models = new URL('../../../models/', import.meta.url);
const eye = readFileSync(new URL('haarcascade_eye.xml', models));

const read = (xml: Uint8Array) => readCascade(new TextDecoder().decode(xml));

/** As OpenCV keeps it: in float32. */
function rounded({ stages, ...model }: CascadeModel): CascadeModel {
  const { fround } = Math;
  const rest = {
    ...model,
    stages: stages.map(({ threshold, trees }) => ({
      threshold: fround(threshold),
      trees: trees.map(({ nodes, leaves }) => ({
        nodes: nodes.map((node) => ({
          ...node,
          split: node.split.map(model.kind === 'haar' ? fround : Number),
        })),
        leaves: leaves.map(fround),
      })),
    })),
  };
  if (rest.kind === 'lbp') return rest;
  const features = rest.features.map(({ rects, tilted }) => ({
    rects: rects.map((rect) => ({ ...rect, weight: fround(rect.weight) })),
    tilted,
  }));
  return { ...rest, features };
}

const modelOf = async (source: CascadeSource) => unpackCascade((await loadCascade(source)).bytes);

test('there is a name for every file in models/, and each is bundled without losing a bit of its float32', async () => {
  const files = readdirSync(models).filter((file) => file.endsWith('.xml'));
  const named = files.map((file) => file.replace(/^haarcascade_|\.xml$/g, ''));
  assert.deepEqual(cascadeNames, named.sort());
  for (const file of files) {
    const name = file.replace(/^haarcascade_|\.xml$/g, '');
    const published = read(readFileSync(new URL(file, models)));
    assert.deepEqual(await modelOf(name), rounded(published));
    assert.deepEqual(
      readCascade(writeCascade(await modelOf(name))),
      await modelOf(name),
      'as the engine opencv is told',
    );
  }
});

test('window, kind, stages, trees and features are read', async () => {
  const facts = async (name: string) => {
    const { kind, width, height, stages, features } = await modelOf(name);
    const trees = stages.reduce((sum, stage) => sum + stage.trees.length, 0);
    return [kind, width, height, stages.length, trees, features.length];
  };
  assert.deepEqual(await facts('frontalface_default'), ['haar', 24, 24, 25, 2913, 2913]);
  assert.deepEqual(await facts('lbpcascade_silverware'), ['lbp', 12, 80, 16, 130, 130]);
  const { stages, features } = await modelOf('frontalface_alt2');
  assert.equal(stages[0]?.threshold, Math.fround(0.35069230198860168));
  assert.deepEqual(stages[0]?.trees[0], {
    nodes: [
      { left: 0, right: 1, feature: 0, split: [0.0043272329494357109] },
      { left: -1, right: -2, feature: 1, split: [0.013076160103082657] },
    ],
    leaves: [0.038381900638341904, 0.89652568101882935, 0.26293140649795532],
  });
  assert.deepEqual(features[0], {
    rects: [
      { x: 2, y: 7, width: 16, height: 4, weight: -1 },
      { x: 2, y: 9, width: 16, height: 2, weight: 2 },
    ],
    tilted: false,
  });
});

test('a URL to a file gives the cascade and the name of the file', async () => {
  const cascade = await loadCascade(new URL('haarcascade_eye.xml', models));
  assert.equal(cascade.name, 'haarcascade_eye');
  assert.deepEqual(await modelOf(cascade), rounded(read(eye)));
});

test('the compact form is read as XML is, also with windows of more than 255 pixels', async () => {
  const model = rounded(read(eye));
  const bytes = packCascade(model);
  assert.deepEqual(await loadCascade(bytes), { name: 'custom', bytes });
  assert.deepEqual(unpackCascade(packCascade({ ...model, width: 300 })), { ...model, width: 300 });
});

test('bytes of every kind are read at once, so that the caller may use the memory again', async () => {
  for (const bytes of [Buffer.from(eye), new Uint8Array(eye), new Uint8Array(eye).buffer]) {
    const cascade = await loadCascade(bytes);
    new Uint8Array(bytes).fill(0);
    if (ArrayBuffer.isView(bytes)) bytes.fill(0);
    assert.deepEqual(cascade, { bytes: packCascade(read(eye)), name: 'custom' });
  }
});

test('a loaded cascade is shared as it is, under a name of choice', async () => {
  const cascade = { ...(await loadCascade(eye)), name: 'mine' };
  assert.equal(await loadCascade(cascade), cascade);
  const detectors = await Promise.all([createDetector({ cascade }), createDetector({ cascade })]);
  assert.deepEqual(
    detectors.map((detector) => detector.cascade),
    ['mine', 'mine'],
  );
  for (const detector of detectors) await detector.close();
});

test('a URL is fetched, and what the server says instead of a cascade becomes one sentence without secrets', async (t) => {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/eye.xml')) response.end(eye);
    else if (request.url?.startsWith('/page'))
      response.end('<!DOCTYPE html><html><body>Log in</body></html>');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;

  assert.equal((await loadCascade(new URL(`${base}/eye.xml?v=1`))).name, 'eye');
  await assert.rejects(loadCascade(new URL(`${base}/page?token=s3cret`)), {
    code: 'FACEPIPE_E_CASCADE_INVALID',
    message: `The cascade ${base}/page cannot be used: it is a page of HTML and not the file. Give an XML file that OpenCV's CascadeClassifier loads, with HAAR or LBP features.`,
  });
  await assert.rejects(loadCascade(new URL(`${base}/none?token=s3cret`)), {
    code: 'FACEPIPE_E_CASCADE_UNREADABLE',
    message: `The cascade ${base}/none cannot be read (HTTP 404). Check that the address is right and can be reached from here.`,
  });
  await assert.rejects(loadCascade(new URL(`http://me:s3cret@127.0.0.1:${port}/eye.xml`)), {
    code: 'FACEPIPE_E_ARGUMENT',
    message: `Expected URL without user and password for cascade but received ${base}/eye.xml of type string.`,
  });
});

test('a server that is not there is named with the reason', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(loadCascade(new URL(`http://127.0.0.1:${port}/eye.xml`)), {
    code: 'FACEPIPE_E_CASCADE_UNREADABLE',
    message: /^The cascade \S+ cannot be read \(connect ECONNREFUSED 127\.0\.0\.1:\d+\)\./,
  });
});

test('a file that is not there is named', async () => {
  await assert.rejects(loadCascade(new URL('none.xml', models)), {
    code: 'FACEPIPE_E_CASCADE_UNREADABLE',
    message: /^The cascade file:\/\/\S+none\.xml cannot be read \(ENOENT: no such file or directory\)\. /,
  });
});

test('an unknown name is answered with the names that it may have meant', async () => {
  const taken = '; the bytes and the text of an XML file are taken, too.';
  const cases: [name: string, hint: string][] = [
    ['frontalface_alt_2', `The nearest is frontalface_alt2${taken}`],
    ['frontal_face_default', `The nearest is frontalface_default${taken}`],
    ['profile', `Choose one of lbpcascade_profileface, profileface${taken}`],
    ['nose', `Choose one of ${cascadeNames.join(', ')}${taken}`],
    ['', `Choose one of ${cascadeNames.join(', ')}${taken}`],
    ['cascades/my.xml', `A file or an address is given as a URL: new URL(…)${taken}`],
    ['https://here/my.xml', `A file or an address is given as a URL: new URL(…)${taken}`],
  ];
  for (const [name, hint] of cases) {
    await assert.rejects(loadCascade(name), {
      code: 'FACEPIPE_E_CASCADE_UNKNOWN',
      message: `No bundled cascade is called ${name}. ${hint}`,
    });
  }
  for (const name of ['constructor', '../eye', '__proto__', 'x'.repeat(400_000)])
    await assert.rejects(loadCascade(name), ({ message }) => message.length < 800);
});

test('OpenCV’s own file names are the bundled names', async () => {
  for (const name of ['haarcascade_eye', 'haarcascade_eye.xml', 'eye.xml', 'eye'])
    assert.equal((await loadCascade(name)).name, 'eye', name);
  assert.equal((await loadCascade('lbpcascade_frontalface.xml')).name, 'lbpcascade_frontalface');
});

test('the text of a file is as good as its bytes', async () => {
  const xml = readFileSync(new URL('haarcascade_eye.xml', models));
  const fromText = await loadCascade(String(xml));
  assert.deepEqual([fromText.name, fromText.bytes], ['custom', (await loadCascade(xml)).bytes]);
  await assert.rejects(loadCascade('<html></html>'), {
    code: 'FACEPIPE_E_CASCADE_INVALID',
    message: /^The cascade of 13 characters cannot be used: it is a page of HTML and not the file/,
  });
});

test('bytes that are gone or too many are refused', async () => {
  const gone = new ArrayBuffer(100);
  structuredClone(gone, { transfer: [gone] });
  const many = new Uint8Array(2 ** 25 + 1);
  for (const source of [gone, many, { name: 'many', bytes: many }]) {
    await assert.rejects(loadCascade(source), { code: 'FACEPIPE_E_CASCADE_INVALID' });
  }
});

const nameless = { name: Object.create(null), bytes: new Uint8Array(40) };
for (const source of [7, null, {}, new Float32Array(4), ['eye'], nameless]) {
  test(`${JSON.stringify(source)} is no cascade`, async () => {
    await assert.rejects(loadCascade(source as unknown as CascadeSource), {
      code: 'FACEPIPE_E_ARGUMENT',
      message: /^Expected bundled name, URL, bytes, Blob, Response or Cascade for cascade but received /,
    });
  });
}
