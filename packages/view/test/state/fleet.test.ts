import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { DeviceView } from '../../dist/protocol.js';
import { type FleetQuery, fleetOf, statesOf } from '../../dist-page/state/fleet.js';
import { rowWindow } from '../../dist-page/state/row-window.js';

const device = (name: string, more: Partial<DeviceView> = {}): [string, DeviceView] => [
  name,
  { device: name, state: 'online', seen: 0, totals: {}, rates: {}, ...more },
];
const devices = new Map([
  device('Gate 10', { outstanding: 4 }),
  device('gate 2', { state: 'offline', seen: 9 }),
  device('door', { state: 'unknown', outstanding: 7 }),
]);
const found = (query: Partial<FleetQuery>): string[] =>
  fleetOf(devices, { search: '', state: 'all', sort: 'device', ...query }).map(({ device: name }) => name);

suite('fleet', () => {
  test('names are sorted as people count', () => assert.deepEqual(found({}), ['door', 'gate 2', 'Gate 10']));

  test('figures are sorted the greatest first, what has none last', () =>
    assert.deepEqual(found({ sort: 'outstanding' }), ['door', 'Gate 10', 'gate 2']));

  test('a search takes any part of a name, in any case', () =>
    assert.deepEqual(found({ search: ' GATE ' }), ['gate 2', 'Gate 10']));

  test('a state alone', () => assert.deepEqual(found({ state: 'offline' }), ['gate 2']));

  test('states are counted', () =>
    assert.deepEqual(statesOf(devices), { all: 3, online: 1, offline: 1, unknown: 1 }));
});

suite('window of rows', () => {
  test('of ten thousand rows, those in the window and a few more', () => {
    const { first, end, above, below } = rowWindow(10_000, 50, 25_000, 1000, 4);
    assert.deepEqual([first, end], [496, 524]);
    assert.equal(above + (end - first) * 50 + below, 500_000);
  });

  test('at the top, at the bottom, and beyond both', () => {
    assert.deepEqual(rowWindow(3, 50, -400, 1000), { first: 0, end: 3, above: 0, below: 0 });
    const beyond = rowWindow(100, 50, 90_000, 1000);
    assert.deepEqual([beyond.first, beyond.end, beyond.below], [100, 100, 0]);
  });
});
