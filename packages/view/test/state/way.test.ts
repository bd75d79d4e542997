import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type PictureView, steps } from '../../dist/protocol.js';
import { wayOf } from '../../dist-page/state/way.js';

const picture = (more: Partial<PictureView>): PictureView => ({
  id: 'p',
  device: 'door',
  captured: 1000,
  bytes: 1,
  steps: {},
  kept: true,
  ...more,
});

const states = (more: Partial<PictureView>): string[] =>
  wayOf(picture(more), steps).legs.map(({ state }) => state);

suite('way of a picture', () => {
  test('one that was only captured waits for the spool', () => {
    assert.deepEqual(states({}), ['done', 'next', 'ahead', 'ahead', 'ahead', 'ahead']);
    assert.deepEqual(wayOf(picture({}), steps).text, 'Waits for the spool');
  });

  test('each step says how long it took since the one before', () => {
    const way = wayOf(picture({ steps: { spooled: 1100, edge: 1350 } }), steps);
    assert.deepEqual(
      way.legs.map(({ lag }) => lag),
      [undefined, 100, 250, undefined, undefined, undefined],
    );
    assert.equal(way.since, 1350);
    assert.equal(way.text, 'Waits to be forwarded');
  });

  test('a step whose time is unknown is passed when a later one is known', () => {
    const way = wayOf(picture({ steps: { stored: 3000 } }), steps);
    assert.deepEqual(
      way.legs.map(({ state }) => state),
      ['done', 'done', 'done', 'done', 'done', 'next'],
    );
    assert.equal(way.legs[4]?.lag, 2000);
  });

  test('a clock that goes back makes no negative time', () => {
    assert.equal(wayOf(picture({ steps: { spooled: 900 } }), steps).legs[1]?.lag, 0);
  });

  test('one that is there says so, with the time of the whole way', () => {
    const way = wayOf(picture({ steps: { receipt: 2500 } }), steps);
    assert.equal(way.state, 'done');
    assert.equal(way.text, 'Stored, with receipt after 1.5 s');
  });

  test('one that will never be stored says why, at the step that it misses', () => {
    const way = wayOf(picture({ steps: { forwarded: 1100 }, dead: 'it is damaged' }), steps);
    assert.equal(way.state, 'dead');
    assert.deepEqual(
      way.legs.map(({ state }) => state),
      ['done', 'done', 'done', 'done', 'dead', 'ahead'],
    );
    assert.equal(way.text, 'Not delivered: it is damaged');
  });

  test('only the steps that are seen count', () => {
    const way = wayOf(picture({ steps: { edge: 1200 } }), ['captured', 'edge']);
    assert.equal(way.state, 'done');
    assert.equal(way.text, 'At the edge broker after 200 ms');
  });
});
