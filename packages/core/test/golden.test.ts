import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cascadeEngineNames } from '../dist/engines.js';
import { createDetector } from '../dist/index.js';
import { type GoldenCase, readGolden, tuple } from './golden.js';
import { cropped, grayPhoto } from './photo.js';

const golden = await readGolden();
const byCascade = new Map<string, GoldenCase[]>();
for (const one of golden.cases) byCascade.set(one.cascade, [...(byCascade.get(one.cascade) ?? []), one]);

const cascadesAndEngines = [...byCascade].flatMap((entry) =>
  cascadeEngineNames.map((engine) => [...entry, engine] as const),
);

for (const [cascade, cases, engine] of cascadesAndEngines) {
  test(`${cascade}, ${engine}: boxes and neighbours as native OpenCV ${golden.opencv} gives them`, async () => {
    const detector = await createDetector({ cascade, engine });
    for (const { image, crop, options, faces } of cases) {
      const whole = await grayPhoto(image);
      const gray = crop ? cropped(whole, crop) : whole;
      const found = await detector.detect({ ...gray, format: 'gray' }, options);
      assert.deepEqual(found.map(tuple), faces, `${image} ${crop ?? 'whole'} ${JSON.stringify(options)}`);
    }
    await detector.close();
  });
}

test('the goldens are worth comparing with', () => {
  assert.equal(byCascade.size, 21);
  assert.ok(
    golden.cases.filter(({ faces }) => faces.length > 0).length > 30,
    'most of the cases find nothing',
  );
});
