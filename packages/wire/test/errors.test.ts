import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireErrors } from '../dist/errors.js';

test('every entry is a sentence with a remedy', () => {
  for (const [code, { message, remedy }] of Object.entries(wireErrors)) {
    assert.match(message, /\.$/, code);
    assert.match(remedy, /^[A-Z].*\.$/, code);
  }
});
