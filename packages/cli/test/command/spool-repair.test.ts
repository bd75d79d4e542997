import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpoolRepair } from '@facepipe/edge/spool';
import { tellRepair } from '../../dist/command/spool-repair.js';

const stream = '01JD0000000000000000000000';

function linesOf(repair: SpoolRepair | undefined, missing = 0): string[] {
  const lines: string[] = [];
  const say = (level: string) => (line: unknown) => lines.push(`${level} ${line}`);
  const stats = () => ({ faces: 0, bytes: 0, brokers: new Map(), refused: 0, full: false, missing });
  tellRepair({ warn: say('warn'), error: say('error') }, '/s', { stream, repair, stats });
  return lines;
}

test('a spool as it was left needs no words', () => {
  assert.deepEqual(linesOf(undefined), []);
});

test('what was fixed, recovered and lost is said', () => {
  const unknown = [
    { from: 4, to: 4 },
    { from: 7, to: 9 },
  ];
  const repair = { reason: 'its counters are lost', recovered: 1, unknown, newStream: true };
  assert.deepEqual(linesOf(repair, 4), [
    'warn the spool /s was repaired: its counters are lost',
    'warn 1 face recovered from the spool’s files: brokers may get what they have',
    `warn the spool’s sequence numbers go on in a new stream, ${stream}: the last one is not known`,
    'error the disk lost up to 4 faces (4, 7-9) of an earlier run in /s',
  ]);
  const few = { reason: 'faces are gone from its files', recovered: 0, unknown: [], newStream: false };
  assert.deepEqual(linesOf(few), ['warn the spool /s was repaired: faces are gone from its files']);
  assert.match(linesOf(few, 2).at(-1) ?? '', /lost up to 2 faces of/);
  const many = {
    ...few,
    unknown: Array.from({ length: 12 }, (_, turn) => ({ from: 2 * turn, to: 2 * turn })),
  };
  assert.match(linesOf(many, 12).at(-1) ?? '', /\(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, …\)/);
});
