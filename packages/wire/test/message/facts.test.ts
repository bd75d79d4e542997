import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { newId } from '@facepipe/service';
import type { FaceFacts } from '../../dist/message/face.js';
import {
  factsFromDescription,
  factsFromFields,
  factsToDescription,
  factsToFields,
} from '../../dist/message/facts.js';
import { faceFacts } from '../face-facts.js';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
/** Bytes of the heap that are in use. */
function memory(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

const facts = faceFacts({
  device: 'ворота & café 😀 = 100% + 1',
  seq: 1,
  captured: new Date('2026-11-21T12:34:56.789Z'),
  frame: 0,
  box: { x: 600, y: 0, width: 40, height: 480 },
  neighbors: 0,
  verify: 0.985,
  track: 'visit 7',
  quality: 71,
  qualityParts: { size: 61, sharpness: 39, frontality: 92, exposure: 100, edge: 8, motion: 0 },
  role: 'best',
  detector: 'frontalface_alt2/opencv 4.3.0',
});

test('facts come back from properties and from a description', () => {
  const { verify, track, quality, qualityParts, role, ...least } = facts;
  const given = [
    {},
    { verify },
    { verify: 1 },
    { track },
    { quality },
    { qualityParts },
    { role },
    { verify, track, quality, qualityParts, role },
    { kind: 'context', of: newId() } as const,
  ];
  for (const facts of given.map((visit) => ({ ...least, ...visit }))) {
    assert.deepEqual(factsFromFields(factsToFields(facts)), facts);
    assert.deepEqual(factsFromDescription(factsToDescription(facts)), facts);
  }
  assert.deepEqual([track, verify], ['visit 7', 0.985]);
});

test('properties have the names and forms that people script against', () => {
  assert.deepEqual(factsToFields(facts), {
    id: facts.id,
    device: facts.device,
    stream: facts.stream,
    seq: '1',
    captured: '2026-11-21T12:34:56.789Z',
    frame: '0',
    'frame-size': '640x480',
    box: '600,0,40,480',
    neighbors: '0',
    verify: '0.985',
    track: 'visit 7',
    quality: '71',
    'quality-parts': '61,39,92,100,8,0',
    role: 'best',
    detector: 'frontalface_alt2/opencv 4.3.0',
  });
});

test('a context names its face, and nothing else names one', () => {
  const of = newId();
  const context = { ...facts, kind: 'context', of } as const;
  const fields = factsToFields(context);
  assert.deepEqual([fields.kind, fields.of], ['context', of]);
  const { kind, of: _of, ...alone } = context;
  assert.throws(() => factsToFields({ ...alone, kind }), /Expected a ULID for of/);
  assert.throws(() => factsToFields({ ...alone, of }), /Expected context for kind/);
  assert.throws(() => factsFromFields({ ...fields, kind: 'body' }), /Expected context for kind/);
});

test('a score is written with three decimals, and read with more', () => {
  const written = [0.98765, 0.12345678, 1, 0, 1e-9].map(
    (verify) => factsToFields({ ...facts, verify }).verify,
  );
  assert.deepEqual(written, ['0.988', '0.123', '1', '0', '0']);
  assert.equal(factsFromFields({ ...factsToFields(facts), verify: '0.98765' }).verify, 0.98765);
  for (const verify of [1.001, -1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => factsToFields({ ...facts, verify }), /Expected a number from 0 to 1 for verify/);
});

test('a description is one line of plain ASCII', () => {
  assert.match(factsToDescription(facts), /^facepipe:[\w.&=%+*-]+$/);
});

test('fields that are not facts are ignored, as are foreign descriptions', () => {
  assert.deepEqual(factsFromFields({ ...factsToFields(facts), weather: 'rain' }), facts);
  for (const text of [undefined, '', 'OLYMPUS DIGITAL CAMERA', 'facepipe', ' facepipe:id=1']) {
    assert.equal(factsFromDescription(text), undefined);
  }
});

const wrong: Record<string, (string | undefined)[]> = {
  id: [
    undefined,
    '',
    '42',
    facts.id.toLowerCase(),
    `8${facts.id.slice(1)}`,
    `${facts.id}0`,
    facts.id.replace(/^./, 'U'),
  ],
  stream: [undefined, facts.stream.slice(1)],
  device: [undefined, '', 'a\nb', 'a\u0000', '\ud800', 'x'.repeat(257)],
  detector: [undefined, '', '\u001b[2J'],
  track: ['', '\u0007'],
  quality: ['', '101', '-1', '7.5', 'good'],
  'quality-parts': ['', '61,39,92,100,8', '61,39,92,100,8,0,1', '61,39,92,101,8,0', '61,39,92,x,8,0'],
  role: ['', 'Best', 'last'],
  verify: ['', '-0.1', '1.01', '.5', '5e-1', '0,5', 'on', 'NaN', '0.'],
  seq: [undefined, '0', '-1', '1.5', '01', '1e3', '9007199254740992', ''],
  frame: [undefined, '-1', 'first', '0x10'],
  neighbors: [undefined, '-1', 'NaN'],
  captured: [
    undefined,
    '2026-11-21',
    '2026-11-21T12:34:56Z',
    '2026-02-30T00:00:00.000Z',
    '2026-11-21T12:34:56.789+01:00',
    '+010000-01-01T00:00:00.000Z',
    'yesterday',
  ],
  'frame-size': [undefined, '640', '640x', '0x480', '640x480x3', '640×480'],
  box: [
    undefined,
    '1,2,3',
    '-1,0,10,10',
    '0,0,0,10',
    '600,0,41,480',
    '0,1,640,480',
    '0,0,1e9,1',
    '1.5,0,10,10',
  ],
};

for (const [field, values] of Object.entries(wrong)) {
  test(`${field} is checked when facts are read`, () => {
    for (const value of values) {
      const read = () => factsFromFields({ ...factsToFields(facts), [field]: value });
      assert.throws(read, (error: Error & { code?: string }) => {
        assert.equal(error.code, 'FACEPIPE_E_FACTS_INVALID');
        assert.match(
          error.message,
          new RegExp(`^Expected .+ for ${field} of the face but received `),
          String(value),
        );
        assert.doesNotMatch(error.message, /\p{Cc}/u);
        return true;
      });
    }
  });
}

test('facts that could not be read back are refused when they are written', () => {
  const bad: Partial<FaceFacts>[] = [
    { id: 'x' },
    { seq: 0 },
    { quality: 101 },
    { quality: Number.NaN },
    { qualityParts: { size: 1.5, sharpness: 0, frontality: 0, exposure: 0, edge: 0, motion: 0 } },
    { seq: 1.5 },
    { device: '' },
    { captured: new Date(Number.NaN) },
    { box: { x: 0, y: 0, width: 641, height: 1 } },
    { frameSize: { width: 0, height: 0 } },
    { neighbors: -1 },
  ];
  for (const change of bad) {
    assert.throws(() => factsToFields({ ...facts, ...change }), { code: 'FACEPIPE_E_FACTS_INVALID' });
  }
});

test('the facts of a description hold no memory of what they were cut from', () => {
  const padding = 'x'.repeat(500_000);
  const kept: FaceFacts[] = [];
  const before = memory();
  for (let n = 0; n < 200; n++) {
    const description = `${factsToDescription({ ...facts, id: newId() })}&padding=${padding}${n}`;
    kept.push(factsFromDescription(description) ?? assert.fail());
  }
  // each of them would keep half a megabyte
  const grown = memory() - before;
  assert.ok(grown < 20e6, `${grown} bytes for ${kept.length} faces`);
});
