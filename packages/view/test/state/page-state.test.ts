import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { DeviceView, Hello, PictureView, ProblemView, Update, VisitView } from '../../dist/protocol.js';
import { initialState, most, type PageState, reduce } from '../../dist-page/state/page-state.js';

const hello: Hello = {
  type: 'hello',
  version: '0.1.0',
  mode: 'demo',
  title: 'door',
  now: 5000,
  video: true,
  objects: true,
  steps: ['captured', 'spooled'],
  samples: { most: 3, every: 10 },
};

const device = (name: string, seen = 1): DeviceView => ({
  device: name,
  state: 'online',
  seen,
  totals: {},
  rates: {},
});
const picture = (id: string, captured = 1): PictureView => ({
  id,
  device: 'door',
  captured,
  bytes: 1,
  steps: {},
  kept: true,
});
const visit = (id: string, begin = 1): VisitView => ({
  visit: id,
  device: 'door',
  begin,
  frames: 1,
  pictures: [],
});
const problem = (number: number): ProblemView => ({ problem: number, time: 1, level: 'warn', text: 'x' });

function after(state: PageState, ...messages: (Hello | Omit<Update, 'now'>)[]): PageState {
  return messages.reduce<PageState>(
    (known, message) =>
      reduce(known, { type: 'message', message: { now: 5000, ...message } as Hello | Update, at: 4000 }),
    state,
  );
}

suite('state of the page', () => {
  test('hello opens the connection and sets the clock by the server', () => {
    const state = after(initialState, hello);
    assert.deepEqual(state.connection, { phase: 'open' });
    assert.equal(state.ahead, 1000);
    assert.equal(state.told, false);
  });

  test('a patch replaces what it has, and leaves the rest', () => {
    const state = after(
      initialState,
      hello,
      { type: 'state', devices: [device('a'), device('b')], viewers: 2 },
      { type: 'patch', devices: [{ ...device('a'), active: 3 }] },
    );
    assert.equal(state.told, true);
    assert.equal(state.viewers, 2);
    assert.deepEqual([...state.devices.keys()], ['a', 'b']);
    assert.equal(state.devices.get('a')?.active, 3);
  });

  test('what is gone is forgotten', () => {
    const state = after(
      initialState,
      hello,
      { type: 'state', devices: [device('a')], pictures: [picture('p'), picture('q')], visits: [visit('v')] },
      { type: 'patch', gone: { devices: ['a'], pictures: ['p'], visits: ['v'] } },
    );
    assert.equal(state.devices.size, 0);
    assert.deepEqual([...state.pictures.keys()], ['q']);
    assert.equal(state.visits.size, 0);
  });

  test('a lost connection keeps what is known, and the next state replaces all of it', () => {
    const known = after(initialState, hello, {
      type: 'state',
      pictures: [picture('p')],
      problems: [problem(1)],
    });
    const lost = reduce(known, { type: 'connection', connection: { phase: 'lost', retryAt: 9 } });
    assert.equal(lost.pictures.size, 1);
    const again = after(lost, hello, { type: 'state', pictures: [picture('q')] });
    assert.deepEqual([...again.pictures.keys()], ['q']);
    assert.deepEqual(again.problems, []);
  });

  test('a patch without news of a kind keeps its table, so that nothing is drawn again', () => {
    const known = after(initialState, hello, { type: 'state', devices: [device('a')] });
    const next = after(known, { type: 'patch', pictures: [picture('p')] });
    assert.equal(next.devices, known.devices);
    assert.notEqual(next.pictures, known.pictures);
  });

  test('pictures, visits and problems are bounded whatever the server says, the latest kept', () => {
    let state = after(initialState, hello);
    const total = most.pictures + 500;
    for (let n = 0; n < total; n += 100) {
      const some = Array.from({ length: 100 }, (_, index) => n + index);
      state = after(state, {
        type: 'patch',
        pictures: some.map((at) => picture(`p${at}`, at)),
        visits: some.map((at) => visit(`v${at}`, at)),
        problems: some.map(problem),
      });
    }
    assert.ok(state.pictures.size <= most.pictures, `${state.pictures.size}`);
    assert.ok(state.visits.size <= most.visits, `${state.visits.size}`);
    assert.ok(state.pictures.has(`p${total - 1}`) && !state.pictures.has('p0'));
    assert.equal(state.problems.length, most.problems);
    assert.equal(state.problems.at(-1)?.problem, total - 1);
  });

  test('a problem told twice is one', () => {
    const state = after(
      initialState,
      hello,
      { type: 'state', problems: [problem(1)] },
      { type: 'patch', problems: [problem(1), problem(2)] },
    );
    assert.deepEqual(
      state.problems.map((known) => known.problem),
      [1, 2],
    );
  });

  test('samples are added, and no more kept than the server says', () => {
    const state = after(
      initialState,
      hello,
      { type: 'state', samples: { times: [1, 2], values: { a: [10, 20] } } },
      { type: 'patch', samples: { times: [3, 4], values: { a: [30, null] } } },
    );
    assert.deepEqual(state.samples, { times: [2, 3, 4], values: { a: [20, 30, null] } });
  });
});
