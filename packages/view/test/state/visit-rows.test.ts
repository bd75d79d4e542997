import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { PictureView, VisitView } from '../../dist/protocol.js';
import { bestPicture, rowsFrom, visitRows } from '../../dist-page/state/visit-rows.js';

const visits = (...all: VisitView[]) => new Map(all.map((visit) => [visit.visit, visit]));
const pictures = (...all: PictureView[]) => new Map(all.map((picture) => [picture.id, picture]));
const visit = (id: string, begin: number, device = 'door'): VisitView => ({
  visit: id,
  device,
  begin,
  frames: 1,
  pictures: [],
});
const picture = (id: string, captured: number, more: Partial<PictureView> = {}): PictureView => ({
  id,
  device: 'door',
  captured,
  bytes: 1,
  steps: {},
  kept: true,
  ...more,
});

suite('rows of visits', () => {
  test('the newest come first, each with its pictures in their order', () => {
    const rows = visitRows(
      visits(visit('a', 10), visit('b', 20)),
      pictures(picture('2', 12, { visit: 'a' }), picture('1', 11, { visit: 'a' })),
    );
    assert.deepEqual(
      rows.map(({ id }) => id),
      ['b', 'a'],
    );
    assert.deepEqual(
      rows[1]?.pictures.map(({ id }) => id),
      ['1', '2'],
    );
  });

  test('a picture without a known visit is a row of its own', () => {
    const rows = visitRows(visits(), pictures(picture('x', 5), picture('y', 9, { visit: 'gone' })));
    assert.deepEqual(
      rows.map(({ id, begin }) => [id, begin]),
      [
        ['gone', 9],
        ['x', 5],
      ],
    );
  });

  test('of one device only, where one is asked for', () => {
    const rows = visitRows(visits(visit('a', 1), visit('b', 2, 'gate')), pictures(), 'gate');
    assert.deepEqual(
      rows.map(({ id }) => id),
      ['b'],
    );
  });

  test('the picture of the best quality stands for a visit; of equals the latest', () => {
    const best = (...qualities: number[]): string | undefined =>
      bestPicture({
        id: 'a',
        device: 'door',
        begin: 0,
        pictures: qualities.map((quality, at) => picture(`${at}`, at, { quality })),
      })?.id;
    assert.equal(best(40, 90, 60), '1');
    assert.equal(best(90, 90), '1');
    assert.equal(best(), undefined);
  });

  test('while one reads, newer rows are counted and held back', () => {
    const rows = visitRows(visits(visit('a', 10), visit('b', 20), visit('c', 30)), pictures());
    const { rows: shown, newer } = rowsFrom(rows, 20);
    assert.deepEqual(
      shown.map(({ id }) => id),
      ['b', 'a'],
    );
    assert.equal(newer, 1);
    assert.equal(rowsFrom(rows, undefined).rows, rows);
    assert.deepEqual(rowsFrom(rows, 5), { rows: [], newer: 3 });
  });
});
