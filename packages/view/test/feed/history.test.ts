import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History, samples } from '../../dist/feed/history.js';

const chart = (name: string) => ({ chart: name, hop: 'camera', title: name, unit: 'frames/s' });

test('a rate is what a count grew by a second; a count that begins anew has none', () => {
  const history = new History();
  history.add(chart('frames'), true);
  const counts = [100, 150, 200, 10, 20];
  for (const [i, frames] of counts.entries()) history.sample(i * 5000, { frames });
  assert.deepEqual(history.all().values.frames, [null, 10, 10, null, 2]);
});

test('a chart that is added later was not known before, and a value that is missing is not known', () => {
  const history = new History();
  history.add(chart('a'));
  history.sample(0, { a: 1 });
  history.add(chart('b'));
  history.sample(5000, { b: 2 });
  assert.deepEqual(history.all(), { times: [0, 5000], values: { a: [1, null], b: [null, 2] } });
});

test('an hour is kept, and each point is taken once', () => {
  const history = new History();
  history.add(chart('a'));
  for (let i = 0; i < samples.most + 10; i++) history.sample(i, { a: i });
  assert.equal(history.all().times.length, samples.most);
  assert.equal(history.all().times[0], 10);
  assert.equal(history.take()?.times.length, samples.most);
  assert.equal(history.take(), undefined);
  history.sample(9999, { a: 7 });
  assert.deepEqual(history.take(), { times: [9999], values: { a: [7] } });
});
