import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createFaceDetector } from '../../dist/capture/face-detector-thread.js';
import { openFaceDetector } from '../../dist/capture/open-face-detector.js';
import { decodeImage } from '../../dist/source/image.js';

const options = { cascade: ['frontalface_alt2', 'profileface'], verify: 0.5 };
const [astronaut, profile] = await Promise.all(
  ['astronaut.png', 'camera.png'].map((name) =>
    decodeImage(fileURLToPath(new URL(`../../photos/${name}`, import.meta.url))),
  ),
);
if (!astronaut || !profile) assert.fail('no photographs');

test('in a thread of its own it finds and counts the same, calls that overlap in their order', async (t) => {
  const [here, there] = [await openFaceDetector(options), await createFaceDetector(options)];
  t.after(() => Promise.all([here.close(), there.close()]));
  const { engine, cascade, verifier, threads } = here;
  assert.deepEqual(
    [there.engine, there.cascade, there.verifier, there.threads],
    [engine, cascade, verifier, threads],
  );
  const pictures = [astronaut, profile, astronaut, profile];
  const expected = [];
  for (const picture of pictures) expected.push(await here.detect(picture, { minNeighbors: 1 }));
  const found = pictures.map((picture) => there.detect(picture, { minNeighbors: 1 }));
  assert.deepEqual(await Promise.all(found), expected);
  const { candidates, confirmed, rejected } = here.counts;
  assert.deepEqual(
    [there.counts.candidates, there.counts.confirmed, there.counts.rejected],
    [candidates, confirmed, rejected],
  );
});

test('what is wrong at the start keeps its code, and a picture that is wrong ends nothing', async (t) => {
  await assert.rejects(createFaceDetector({ cascade: 'nobody' }), {
    code: 'FACEPIPE_E_CASCADE_UNKNOWN',
    exit: 2,
  });
  await assert.rejects(createFaceDetector({ verify: 7 }), { code: 'FACEPIPE_E_ARGUMENT', exit: 2 });
  const detector = await createFaceDetector({ cascade: 'frontalface_alt2' });
  t.after(() => detector.close());
  const wrong = { ...astronaut, width: 7 };
  await assert.rejects(detector.detect(wrong), { code: 'FACEPIPE_E_ARGUMENT' });
  assert.equal((await detector.detect(astronaut)).length, 1);
});
