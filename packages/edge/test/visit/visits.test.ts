import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decodeImage } from '../../dist/source/image.js';
import type { Frame } from '../../dist/source/source.js';
import type { ChoiceEvent } from '../../dist/visit/choice-event.js';
import { cascadeConfidence, type VisitPicture, Visits, type VisitsOptions } from '../../dist/visit/visits.js';

const photo = await decodeImage(fileURLToPath(new URL('../../photos/astronaut.png', import.meta.url)));
/** The face in it. */
const face = { x: 180, y: 70, width: 110, height: 110 };

/** A window of 300×300 that wanders over the photo, so that the face in it moves. */
function frameAt(number: number, interval = 100): { frame: Frame; box: typeof face } {
  const [left, top] = [20 + 4 * (number % 20), 10];
  const [width, height] = [300, 300];
  const data = new Uint8Array(width * height * 3);
  const channels = photo.format === 'gray' ? 1 : 3;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        data[(y * width + x) * 3 + c] =
          photo.data[((top + y) * photo.width + left + x) * channels + (channels === 1 ? 0 : c)] ?? 0;
  const captured = new Date(1e12 + number * interval);
  const frame: Frame = { data, width, height, format: 'rgb', number: number + 1, captured };
  return { frame, box: { ...face, x: face.x - left, y: face.y - top } };
}

function play(frames: number, seen: (number: number) => boolean, options: VisitsOptions = {}) {
  const visits = new Visits(options);
  const events: ChoiceEvent<VisitPicture>[] = [];
  for (let number = 0; number < frames; number++) {
    const { frame, box } = frameAt(number);
    const found = seen(number) ? [{ box, confidence: 0.9 }] : [];
    events.push(...visits.look(frame, found).events);
  }
  events.push(...visits.finish(1e12 + frames * 100));
  return events;
}

suite('visits', () => {
  test('of one face are one picture of it, cut from its frame, with its quality', () => {
    const events = play(60, (number) => number < 30);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['begin', 'picture', 'end'],
    );
    const [, sent] = events;
    assert.ok(sent?.type === 'picture' && sent.role === 'best');
    const { pixels, box, frame, quality } = sent.picture;
    const { box: where, frame: whole } = frameAt(frame.number - 1);
    assert.deepEqual(box, where);
    assert.deepEqual([pixels.width, pixels.height, pixels.channels], [110, 110, 3]);
    const start = (box.y * whole.width + box.x) * 3;
    assert.deepEqual(pixels.data.subarray(0, 330), whole.data.subarray(start, start + 330));
    assert.equal(quality.score, sent.quality);
    assert.ok(sent.quality > 30);
  });

  test('a margin is around the picture, and not in what is measured', () => {
    const [plain, wide] = [0, 0.2].map((padding) => play(20, () => true, { padding })[1]);
    assert.ok(plain?.type === 'picture' && wide?.type === 'picture');
    assert.deepEqual([wide.picture.pixels.width, wide.quality], [110 + 44, plain.quality]);
  });

  test('what is only weakly seen is never the picture, however good', () => {
    const visits = new Visits();
    const events: ChoiceEvent<VisitPicture>[] = [];
    for (let number = 0; number < 40; number++) {
      const { frame, box } = frameAt(number);
      const confidence = number < 10 ? 0.9 : 0.45;
      // the sure looks are the worse pictures
      if (number < 10)
        frame.data.forEach((value, i) => {
          frame.data[i] = value / 6;
        });
      events.push(...visits.look(frame, [{ box, confidence }]).events);
    }
    events.push(...visits.finish(1e12 + 4000));
    const pictures = events.flatMap((event) =>
      event.type === 'picture' ? [event.picture.frame.number] : [],
    );
    assert.ok(pictures.length === 1 && (pictures[0] ?? 99) <= 10, `${pictures}`);
  });

  test('a box that is hardly in the frame, or not at all, is no face', () => {
    const visits = new Visits();
    const { frame } = frameAt(0);
    const beside = [
      { x: -105, y: 20, width: 110, height: 110 },
      { x: 400, y: 400, width: 50, height: 50 },
    ];
    const found = beside.map((box) => ({ box, confidence: 0.9 }));
    assert.deepEqual(visits.look(frame, found).looks, []);
  });

  test('without frames a visit ends as well, and until then its picture is owed', () => {
    const visits = new Visits();
    for (let number = 0; number < 5; number++) {
      const { frame, box } = frameAt(number);
      visits.look(frame, [{ box, confidence: 0.9 }]);
    }
    assert.equal(visits.owed().length, 1);
    assert.ok(visits.expected(1e12 + 500).length === 1);
    const events = visits.elapse(1e12 + 10_000);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['picture', 'end'],
    );
    assert.deepEqual(visits.owed(), []);
  });
});

test('a cascade’s box is worth more the more raw hits it had', () => {
  assert.deepEqual(
    [0, 4, 12].map((neighbors) => cascadeConfidence(neighbors)),
    [0, 0.5, 0.75],
  );
});
