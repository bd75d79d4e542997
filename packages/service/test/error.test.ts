import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineErrors, FacepipeError } from '../dist/error.js';
import { serviceErrors } from '../dist/errors.js';

const make = defineErrors({
  FACEPIPE_E_TEST: { exit: 3, message: 'The {thing} is {state}.', remedy: 'Mend the {thing}.' },
});

test('an error says what is wrong and what to do, and keeps its cause', () => {
  const cause = new Error('inner');
  const error = make('FACEPIPE_E_TEST', { thing: 'door', state: 42 }, cause);
  assert.ok(error instanceof FacepipeError && error instanceof Error);
  assert.deepEqual(
    [error.name, error.code, error.exit, error.message, error.cause],
    ['FacepipeError', 'FACEPIPE_E_TEST', 3, 'The door is 42. Mend the door.', cause],
  );
  assert.ok(!('cause' in make('FACEPIPE_E_TEST', { thing: 'a', state: 'b' })));
});

test('values cannot forge lines, colours or placeholders', () => {
  const { message } = make('FACEPIPE_E_TEST', { thing: 'a\nERROR\u001b[31m\u202e', state: '{thing}$&' });
  assert.equal(
    message,
    'The a\\u{a}ERROR\\u{1b}[31m\\u{202e} is {thing}$&. Mend the a\\u{a}ERROR\\u{1b}[31m\\u{202e}.',
  );
});

test('a value that was forgotten is a fault of the program', () => {
  assert.throws(() => make('FACEPIPE_E_TEST', { thing: 'door' }), TypeError);
});

test('every entry is a sentence with a remedy', () => {
  for (const [code, { message, remedy }] of Object.entries(serviceErrors)) {
    assert.match(message, /\.$/, code);
    assert.match(remedy, /^[A-Z].*\.$/, code);
  }
});
