import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Control, controlName, controlValue } from '../../dist/v4l2/control.js';

const control = (some: Partial<Control>): Control => ({
  id: 1,
  name: 'test',
  type: 'integer',
  min: 0,
  max: 255,
  step: 1,
  default: 0,
  readOnly: false,
  inactive: false,
  ...some,
});

test('names are those of v4l2-ctl', () => {
  assert.equal(controlName('Power Line Frequency'), 'power_line_frequency');
  assert.equal(controlName('White Balance Temperature, Auto'), 'white_balance_temperature_auto');
  assert.equal(controlName('Exposure (Absolute)'), 'exposure_absolute');
  assert.equal(controlName('  Integer 32 Bits!'), 'integer_32_bits');
});

test('whole numbers within range and step', () => {
  assert.deepEqual(controlValue(control({}), '128'), { value: 128 });
  assert.deepEqual(controlValue(control({ min: -64, max: 64 }), '-64'), { value: -64 });
  for (const wrong of ['256', '-1', '1.5', 'high', '', '1e2'])
    assert.deepEqual(controlValue(control({}), wrong), { expected: 'a whole number from 0 to 255' });
  const stepped = control({ min: 2800, max: 6500, step: 10 });
  assert.deepEqual(controlValue(stepped, '4600'), { value: 4600 });
  assert.deepEqual(controlValue(stepped, '4605'), {
    expected: 'a whole number from 2800 to 6500 in steps of 10',
  });
});

test('menus by number or by name, whatever its case and signs', () => {
  const menu = control({
    type: 'menu',
    menu: [
      { value: 0, name: 'Disabled' },
      { value: 1, name: '50 Hz' },
      { value: 2, name: '60 Hz' },
    ],
  });
  assert.deepEqual(controlValue(menu, '1'), { value: 1 });
  assert.deepEqual(controlValue(menu, '60 hz'), { value: 2 });
  assert.deepEqual(controlValue(menu, 'disabled'), { value: 0 });
  assert.deepEqual(controlValue(menu, '3'), { expected: '0 (Disabled), 1 (50 Hz), 2 (60 Hz)' });
});

test('booleans, buttons and masks', () => {
  for (const on of ['1', 'on', 'True', 'yes'])
    assert.deepEqual(controlValue(control({ type: 'boolean' }), on), { value: 1 });
  for (const off of ['0', 'OFF', 'false', 'no'])
    assert.deepEqual(controlValue(control({ type: 'boolean' }), off), { value: 0 });
  for (const wrong of ['2', 'constructor'])
    assert.deepEqual(controlValue(control({ type: 'boolean' }), wrong), { expected: 'on or off' });
  assert.deepEqual(controlValue(control({ type: 'button' }), '1'), { value: 1 });
  assert.deepEqual(controlValue(control({ type: 'button' }), 'x'), { expected: '1, which presses it' });
  const mask = control({ type: 'bitmask', max: 0x80002010 });
  assert.deepEqual(controlValue(mask, '0x80000010'), { value: 0x80000010 | 0 });
  assert.deepEqual(controlValue(mask, '1'), { expected: 'bits within 0x80002010' });
});
