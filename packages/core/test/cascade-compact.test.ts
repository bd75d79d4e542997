import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCascade } from '../dist/cascade.js';
import type { CascadeModel } from '../dist/cascade-model.js';
import { packCascade } from '../dist/cascade-pack.js';
import { readCascade } from '../dist/cascade-read.js';
import { unpackCascade } from '../dist/cascade-unpack.js';
import { writeCascade } from '../dist/cascade-xml.js';
import { cascadeEngineNames } from '../dist/engines.js';
import type { Face } from '../dist/face.js';
import type { Image } from '../dist/image.js';
import { createDetector } from '../dist/index.js';
import { grayPhoto } from './photo.js';

const noise: Image = {
  data: Uint8Array.from({ length: 64 * 48 }, (_, index) => (index * 7919) >> 3),
  width: 64,
  height: 48,
  format: 'gray',
};

async function facesWith(engine: (typeof cascadeEngineNames)[number], cascade: Uint8Array, image: Image) {
  const detector = await createDetector({ engine, cascade });
  try {
    return await detector.detect(image, { minNeighbors: 0, scores: true });
  } finally {
    await detector.close();
  }
}

for (const name of ['eye', 'lefteye_2splits', 'lbpcascade_silverware']) {
  test(`${name} with any bit turned or cut off anywhere gives boxes or is refused`, async () => {
    const { bytes } = await loadCascade(name);
    let refused = 0;
    for (let turn = 0; turn < 400; turn++) {
      const damaged = bytes.slice();
      const bit = (turn * 2_654_435_761) % (turn < 200 ? 4000 : bytes.length * 8);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // the mark tells it from XML
      if (bit < 32) continue;
      await facesWith('simd', damaged, noise).catch((error) => {
        assert.equal(error.code, 'FACEPIPE_E_CASCADE_INVALID', `${name}, bit ${bit}: ${error.message}`);
        refused++;
      });
    }
    assert.ok(refused > 40);
    for (let end = 32; end < bytes.length; end += 4 + (bytes.length >> 6)) {
      const rejection = { code: 'FACEPIPE_E_CASCADE_INVALID' };
      await assert.rejects(facesWith('simd', bytes.subarray(0, end), noise), rejection);
    }
    for (const engine of cascadeEngineNames) {
      await assert.rejects(facesWith(engine, bytes.subarray(0, 2000), noise), {
        code: 'FACEPIPE_E_CASCADE_INVALID',
        message: /^The cascade custom cannot be used: its compact form is damaged\. /,
      });
    }
  });
}

/** The eye cascade, changed. */
async function changed(change: (model: CascadeModel & { kind: 'haar' }) => void): Promise<Uint8Array> {
  const model = unpackCascade((await loadCascade('eye')).bytes);
  assert.ok(model.kind === 'haar');
  change(model);
  return packCascade(readCascade(writeCascade(model)));
}

const changes: [string, (model: CascadeModel & { kind: 'haar' }) => void][] = [
  ['weights that are no integers', ({ features }) => features[3]?.rects.map((rect) => (rect.weight *= 1.01))],
  [
    'weights too large for integers',
    ({ features }) => features[3]?.rects.map((rect) => (rect.weight *= 1e5)),
  ],
  [
    'weights that no 16-bit sum holds',
    ({ features }) => features[3]?.rects.map((rect) => (rect.weight *= 99)),
  ],
  ['leaves too large to be bounded', ({ stages }) => stages[0]?.trees[0]?.leaves.fill(1e30)],
  [
    'every weight turned',
    ({ features }) => features.map(({ rects }) => rects.map((rect) => (rect.weight *= -1))),
  ],
];

for (const [what, change] of changes) {
  test(`${what}: the same faces and scores as the engine opencv`, async () => {
    const photo: Image = { ...(await grayPhoto('astronaut')), format: 'gray' };
    const bytes = await changed(change);
    const [ours, theirs]: (readonly Face[])[] = await Promise.all(
      cascadeEngineNames.map((engine) => facesWith(engine, bytes, photo)),
    );
    assert.deepEqual(ours, theirs);
  });
}
