import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createLogger, type LogOptions } from '../../dist/print/logger.js';

function logger(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line.trimEnd());
  const log = createLogger({ level: 'debug', json: true, write, colour: false, limited: true, ...options });
  return { log, lines };
}

const flood = 4000;

test('a flood of one kind is ten lines and a count at the end, each of them JSON', () => {
  const { log, lines } = logger();
  for (let n = 0; n < flood; n++) log.warn(`"facepipe/${n}/faces": The payload of ${n} bytes is no image.`);
  log.error('something else');
  log.settle();
  const said = lines.map((line) => JSON.parse(line));
  assert.equal(said.length, 12);
  assert.deepEqual([said[10].level, said[10].msg], [50, 'something else']);
  assert.equal(said[11].level, 40);
  assert.equal(
    said[11].msg,
    `… and 3990 more of this kind in the last 1 s; the last: "facepipe/3999/faces": The payload of 3999 bytes is no image.`,
  );
  log.settle();
  assert.equal(lines.length, 12);
});

test('a code tells kinds apart, and is in the JSON', () => {
  const { log, lines } = logger();
  for (let n = 0; n < 20; n++) log.warn({ code: 'FACEPIPE_E_A' }, `the same words ${n}`);
  for (let n = 0; n < 5; n++) log.warn({ code: 'FACEPIPE_E_B' }, `the same words ${n}`);
  log.settle();
  const codes = lines.map((line) => JSON.parse(line).code);
  assert.deepEqual(
    ['FACEPIPE_E_A', 'FACEPIPE_E_B', undefined].map((code) => codes.filter((each) => each === code).length),
    [10, 5, 1],
  );
  const { see } = JSON.parse(lines[0] ?? '');
  assert.match(see, /docs\/errors\.md#facepipe_e_a$/);
});

test('readable lines are limited too, and have no code', async () => {
  const { log, lines } = logger({ json: false });
  for (let n = 0; n < 30; n++) log.error({ code: 'FACEPIPE_E_A', id: `i${n}` }, 'a face is a dead letter');
  log.settle();
  await turn();
  assert.equal(lines.length, 11);
  assert.match(lines[0] ?? '', /a face is a dead letter \{"id":"i0"\}$/);
  assert.match(lines[10] ?? '', /ERROR: … and 20 more of this kind .*: a face is a dead letter$/);
});

test('lines for debugging, and those that are results, are all written', () => {
  const debugging = logger();
  for (let n = 0; n < flood; n++) debugging.log.debug({ n }, 'face');
  assert.equal(debugging.lines.length, flood);
  const results = logger({ limited: false });
  for (let n = 0; n < flood; n++) results.log.warn(`skipped ${n}`);
  assert.equal(results.lines.length, flood);
});

test('what is held back is said by itself when its time is over', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1000;
  t.mock.method(performance, 'now', () => now);
  const { log, lines } = logger();
  for (let n = 0; n < 15; n++) log.warn('the same');
  assert.equal(lines.length, 10);
  // timers may be early by a little: then it is set again
  now = 10_999;
  t.mock.timers.tick(10_000);
  assert.equal(lines.length, 10);
  now = 11_001;
  t.mock.timers.tick(10);
  assert.match(lines[10] ?? '', /and 5 more of this kind in the last 10 s/);
});

test('of a long line that is held back a thousand characters are kept', () => {
  const { log, lines } = logger();
  for (let n = 0; n < 11; n++) log.warn(`"${'x'.repeat(60_000)}": no face`);
  log.settle();
  assert.ok((lines[0]?.length ?? 0) > 60_000);
  assert.ok((lines[10]?.length ?? 0) < 1200);
});
