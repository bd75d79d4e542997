import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatKept, formatTotals } from '../../dist/print/totals.js';

test('what is kept is said with its number, its size and its place', () => {
  assert.match(
    formatKept('/a/bucket', { faces: 152, bytes: 3_140_000 }),
    /^152 faces, 3\.1 MB, are kept in \/a\/bucket:/,
  );
  assert.match(formatKept('/a', { faces: 1, bytes: 900 }), /^1 face, 0\.9 kB, is kept in \/a:/);
  assert.match(
    formatKept('/a', { faces: 2, bytes: 900 }, 'picture'),
    /^2 pictures, 0\.9 kB, are kept in \/a:/,
  );
});

test('what an earlier run had captured is told apart from this run’s', () => {
  const totals = { frames: 100, captured: 74, published: 122, earlier: 48, spooled: 0, lost: 0 };
  assert.equal(
    formatTotals(totals, false),
    'frames 100, captured 74, published 122 (48 from an earlier run), spooled 0, lost 0',
  );
  assert.deepEqual(JSON.parse(formatTotals(totals, true)), totals);
  assert.equal(formatTotals({ captured: 1, published: 1 }, false), 'captured 1, published 1');
});
