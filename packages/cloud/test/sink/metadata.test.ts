import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Arrival } from '@facepipe/wire';
import { faceFacts } from '../../../wire/dist-test/face-facts.js';
import { objectMetadata } from '../../dist/sink/metadata.js';

const facts = faceFacts({
  id: '01JD0000000000000000000000',
  device: 'ворота 100%',
  stream: '01JD0000000000000000000001',
  seq: 5,
  captured: new Date('2026-11-21T10:00:00.123Z'),
  frame: 7,
  frameSize: { width: 640, height: 480 },
  box: { x: 1, y: 2, width: 3, height: 4 },
  neighbors: 9,
  verify: 0.97,
  track: 't/1',
  detector: 'frontalface_default, opencv 4.3.0',
});
const arrival: Arrival = {
  id: facts.id,
  facts,
  topic: 'facepipe/x/faces',
  payload: Buffer.of(1),
  sha256: 'a'.repeat(64),
  width: 3,
  height: 4,
  format: 'png',
  contentType: 'image/png',
  extension: 'png',
};
const now = new Date('2026-11-22T00:00:00.000Z');

test('the facts are noted in visible ASCII, and can be read back', () => {
  assert.deepEqual(objectMetadata(arrival, facts.device, now), {
    id: facts.id,
    device: '%D0%B2%D0%BE%D1%80%D0%BE%D1%82%D0%B0%20100%25',
    stream: facts.stream,
    seq: '5',
    captured: '2026-11-21T10:00:00.123Z',
    frame: '7',
    'frame-size': '640x480',
    box: '1,2,3,4',
    neighbors: '9',
    verify: '0.97',
    track: 't/1',
    detector: 'frontalface_default,%20opencv%204.3.0',
    sha256: arrival.sha256,
  });
});

test('a foreign image has its device, its digest and when it arrived', () => {
  const { facts: _, ...foreign } = arrival;
  assert.deepEqual(objectMetadata(foreign, 'esp32', now), {
    device: 'esp32',
    sha256: arrival.sha256,
    arrived: '2026-11-22T00:00:00.000Z',
  });
});

test('the longest texts stay below the 2 kB of S3, cut after a whole character', () => {
  const long = '😀'.repeat(128);
  const noted = objectMetadata(
    { ...arrival, facts: { ...facts, device: long, track: long, detector: long } },
    long,
    now,
  );
  const size = Object.entries(noted).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  assert.ok(size < 2048, String(size));
  for (const name of ['device', 'track', 'detector']) {
    assert.match(decodeURIComponent(noted[name] ?? ''), /^(😀)+…$/u);
  }
  const foreign = objectMetadata({ ...arrival, facts: undefined }, 'x'.repeat(60_000), now);
  assert.ok((foreign.device ?? '').length < 420);
});
