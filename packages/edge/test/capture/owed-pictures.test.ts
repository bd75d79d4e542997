import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@facepipe/service';
import type { Context, ContextFrame } from '../../dist/capture/context.js';
import { OwedPictures, type OwedVisitPicture } from '../../dist/capture/owed-pictures.js';
import type { OwedFace } from '../../dist/visit/owed-file.js';
import type { VisitPicture } from '../../dist/visit/visits.js';
import { handClock } from '../hand-clock.js';

const context: Context = {
  pixels: { data: new Uint8Array(6), width: 6, height: 1, channels: 1 },
  box: { x: 0, y: 0, width: 1, height: 1 },
};

/** A picture whose frame is searched when the test says so. */
function owedPicture(): { owed: OwedVisitPicture; searched: (fault?: Error) => void; asked: () => number } {
  let asked = 0;
  let answer: (fault?: Error) => void = () => {};
  const whole = {
    contextOf: () => {
      asked++;
      return new Promise<Context>((resolve, reject) => {
        answer = (fault) => (fault ? reject(fault) : resolve(context));
      });
    },
  };
  const box = { x: 1, y: 2, width: 2, height: 2 };
  const quality = {
    score: 50,
    parts: { size: 1, sharpness: 2, frontality: 3, exposure: 4, edge: 5, motion: 6 },
  };
  const picture: VisitPicture = {
    pixels: { data: new Uint8Array(4), width: 2, height: 2, channels: 1 },
    box,
    frame: { width: 640, height: 480, number: 7, captured: new Date(1e12) },
    found: { box, confidence: 0.9 },
    quality: quality as VisitPicture['quality'],
    whole: whole as unknown as ContextFrame,
  };
  const facts = {
    device: 'door',
    captured: new Date(1e12),
    frame: 7,
    frameSize: { width: 640, height: 480 },
    box,
    neighbors: 1,
    detector: 'none',
  };
  return { owed: { visit: newId(), picture, facts }, searched: (fault) => answer(fault), asked: () => asked };
}

function setUp() {
  const { clock, pass } = handClock();
  const written: OwedFace[] = [];
  const folder = {
    keep: async (owed: ReadonlyMap<string, OwedFace>) => void written.push(...owed.values()),
    storing: async () => {},
    release: async () => {},
  };
  const pictures = new OwedPictures({ folder, clock });
  return { pictures, pass, written };
}

const turns = async () => {
  for (let n = 0; n < 20; n++) await Promise.resolve();
};

test('a face is on the disk before its frame has been searched, and the frame follows', async () => {
  const { pictures, pass, written } = setUp();
  const { owed, searched, asked } = owedPicture();
  const keep = async () => {
    pictures.keep(() => [owed]);
    await turns();
  };
  await keep();
  assert.deepEqual([written.length, written[0]?.context, asked()], [1, undefined, 1]);
  pass(1000);
  await keep();
  assert.deepEqual([written.length, asked()], [2, 1], 'it is searched once');
  searched();
  await turns();
  // at once, not a second later
  await keep();
  assert.deepEqual([written.length, written[2]?.context], [3, context]);
  pass(999);
  await keep();
  assert.equal(written.length, 3);
});

test('searches take a fifth of the time at most, and one that fails is no end', async () => {
  const { pictures, pass } = setUp();
  const [first, second] = [owedPicture(), owedPicture()];
  pictures.keep(() => [first.owed]);
  pass(2000);
  first.searched(new Error('out of order'));
  await pictures.settled();
  // 2 s of searching want 8 s of rest
  for (let seconds = 0; seconds < 7; seconds++) {
    pass(1000);
    pictures.keep(() => [second.owed]);
    await turns();
  }
  assert.equal(second.asked(), 0);
  pass(1000);
  pictures.keep(() => [second.owed]);
  assert.equal(second.asked(), 1);
});
