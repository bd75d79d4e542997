import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decodeImage } from '../../dist/source/image.js';
import type { Frame } from '../../dist/source/source.js';
import { type ExplainedFrame, ExplainedVisits, type LeftOut } from '../../dist/visit/explain.js';
import type { VisitsOptions } from '../../dist/visit/visits.js';

const photo = await decodeImage(fileURLToPath(new URL('../../photos/astronaut.png', import.meta.url)));
/** The face in it. */
const face = { x: 180, y: 70, width: 110, height: 110 };
const [width, height] = [300, 300];

/** A window over the photo, `left` pixels from its side. */
function frameAt(number: number, left: number): Frame {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((10 + y) * photo.width + left) * 3;
    data.set(photo.data.subarray(start, start + width * 3), y * width * 3);
  }
  const captured = new Date(1e12 + number * 100);
  return { data, width, height, format: 'rgb', number: number + 1, captured };
}

interface Scene {
  frames: number;
  /** The network's score of the face; undefined: it is not seen. */
  seen: (number: number) => number | undefined;
  moves?: boolean;
  twin?: boolean;
  leftOut?: LeftOut[];
  options?: VisitsOptions;
}

/** The explained frames, each with the frame at which its fates were known: the last one's is the clip's end. */
function play({ frames, seen, moves = true, twin = false, leftOut = [], options }: Scene) {
  const visits = new ExplainedVisits(options);
  const told: (ExplainedFrame & { at: number })[] = [];
  for (let number = 0; number < frames; number++) {
    const left = moves ? 20 + 4 * (number % 20) : 20;
    const verify = seen(number);
    const box = { ...face, x: face.x - left, y: face.y - 10 };
    const found = verify === undefined ? [] : [{ ...box, neighbors: 5, verify }];
    const second = twin && found[0] ? [{ ...found[0], x: found[0].x + 8, verify: 0.6 }] : [];
    const explained = visits.look(frameAt(number, left), [...found, ...second], leftOut);
    told.push(...explained.map((frame) => ({ ...frame, at: number + 1 })));
  }
  told.push(...visits.finish().map((frame) => ({ ...frame, at: frames + 1 })));
  return told;
}

const countOf = (frames: readonly ExplainedFrame[]) => {
  const counts: Record<string, number> = {};
  for (const { candidates } of frames)
    for (const { fate } of candidates) counts[fate] = (counts[fate] ?? 0) + 1;
  return counts;
};

suite('a candidate', () => {
  test('of a visit is sent, or is told which frame was', () => {
    const frames = play({ frames: 60, seen: (number) => (number < 30 ? 0.9 : undefined) });
    assert.deepEqual(
      frames.map(({ number }) => number),
      Array.from({ length: 60 }, (_, i) => i + 1),
    );
    assert.deepEqual(countOf(frames), { sent: 1, 'not-best': 29 });
    const sent = frames.find(({ candidates }) => candidates[0]?.fate === 'sent');
    const [best] = sent?.candidates ?? [];
    assert.match(best?.why ?? '', /^best, quality \d+$/);
    assert.deepEqual([best?.track, best?.visit, best?.verify, best?.neighbors], [1, true, 0.9, 5]);
    for (const { candidates } of frames)
      for (const { fate, why, quality } of candidates) {
        assert.ok(quality && best?.quality && quality.score <= best.quality.score);
        if (fate === 'not-best') assert.equal(why, `frame ${sent?.number} was sent`);
      }
  });

  test('waits for the end of its visit, and its frame for those before', () => {
    const frames = play({ frames: 60, seen: (number) => (number >= 3 && number < 30 ? 0.9 : undefined) });
    const at = frames.map((frame) => frame.at);
    assert.deepEqual(at.slice(0, 3), [1, 2, 3]);
    // the gap after which a visit is over
    assert.ok(
      at.slice(3, 50).every((known) => known === 51),
      at.join(),
    );
    assert.deepEqual(at.slice(50), [51, 52, 53, 54, 55, 56, 57, 58, 59, 60]);
  });

  test('seen too little is not confirmed', () => {
    const frames = play({ frames: 30, seen: (number) => (number < 2 ? 0.9 : undefined) });
    assert.deepEqual(countOf(frames), { 'not-confirmed': 2 });
    const [candidate] = frames[0]?.candidates ?? [];
    assert.equal(candidate?.why, 'seen in 2 frames, 0.1 s');
    assert.equal(candidate?.visit, undefined);
    // it is given up before the clip ends
    assert.ok((frames[0]?.at ?? 31) < 20);
  });

  test('that never moves is sent once, and static from then on', () => {
    const seen = (number: number) => (number < 20 || number >= 50 ? 0.9 : undefined);
    const frames = play({ frames: 70, seen, moves: false });
    assert.deepEqual(countOf(frames.slice(0, 20)), { sent: 1, static: 19 });
    assert.match(
      frames
        .slice(0, 20)
        .map(({ candidates }) => candidates[0]?.why)
        .join(),
      /never moved, frame \d+ was sent/,
    );
    assert.deepEqual(countOf(frames.slice(20)), { 'not-confirmed': 20 });
    const forgotten = play({
      frames: 100,
      seen: (number) => (number < 70 ? seen(number) : undefined),
      moves: false,
    });
    assert.deepEqual(countOf(forgotten.slice(20)), { static: 20 });
    assert.equal(forgotten[60]?.candidates[0]?.why, 'where something lifeless was before');
  });

  test('below the least quality says what spoils it', () => {
    const frames = play({ frames: 30, seen: () => 0.9, options: { minQuality: 100 } });
    assert.deepEqual(countOf(frames), { 'poor-quality': 30 });
    assert.match(
      frames[0]?.candidates[0]?.why ?? '',
      /^\d+ of 100, (size|sharpness|frontality|exposure|edge|motion) \d+$/,
    );
  });

  test('too unsure for a picture goes on with the visit', () => {
    const frames = play({ frames: 30, seen: (number) => (number < 20 ? 0.9 : 0.4) });
    assert.equal(frames.at(-1)?.candidates[0]?.why, 'too unsure, 0.40 of 0.50');
    assert.equal(frames.at(-1)?.candidates[0]?.fate, 'not-best');
  });

  test('that nobody follows is known at once', () => {
    const face = { x: 1, y: 2, width: 30, height: 30, neighbors: 1, verify: 0.1 };
    const leftOut: LeftOut[] = [{ face, fate: 'below-threshold', why: 'score' }];
    const weak = play({ frames: 2, seen: () => 0.2, leftOut });
    assert.deepEqual(
      weak.map(({ at }) => at),
      [1, 2],
    );
    assert.deepEqual(
      weak[0]?.candidates.map(({ fate, why }) => [fate, why]),
      [
        ['below-threshold', 'score'],
        ['below-threshold', 'score 0.20 of 0.50'],
      ],
    );
    const twins = play({ frames: 30, seen: () => 0.9, twin: true });
    assert.deepEqual(countOf(twins), { sent: 1, 'not-best': 29, duplicate: 30 });
  });
});

test('of a single picture every face is sent', () => {
  assert.deepEqual(countOf(play({ frames: 1, seen: () => 0.9 })), { sent: 1 });
});
