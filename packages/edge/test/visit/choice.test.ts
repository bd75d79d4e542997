import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ChoiceOptions, createChoice } from '../../dist/visit/choice.js';
import type { TrackedFace, TrackerUpdate } from '../../dist/visit/tracker.js';

const second = 1000;

/** Plays one visit: from `begun` to `gone` in seconds, one picture a second, named by its second. */
function play(qualities: readonly number[], options: ChoiceOptions = {}, { begun = 0, still = false } = {}) {
  const choice = createChoice<string>(options);
  const said: string[] = [];
  const face = (at: number): TrackedFace => {
    return { id: 1, confirmed: at >= begun, begin: 0, end: at * second, frames: at + 1, speed: 0, still };
  };
  const update = (part: Partial<TrackerUpdate>): TrackerUpdate => {
    return { faces: [], begun: [], ended: [], dropped: [], ...part };
  };
  const tell = (at: number, events: ReturnType<typeof choice.update>) => {
    for (const event of events)
      said.push(
        event.type === 'picture'
          ? `${at}: ${event.role} ${event.picture} ${event.quality}`
          : `${at}: ${event.type}`,
      );
    return events;
  };
  for (const [at, quality] of qualities.entries()) {
    const candidates = [{ face: face(at), quality, picture: `p${at}` }];
    tell(at, choice.update(at * second, update(at === begun ? { begun: [face(at)] } : {}), candidates));
  }
  const over = qualities.length;
  const last = face(over - 1);
  const end = begun < over ? update({ ended: [last] }) : update({ dropped: [{ ...last, lifeless: false }] });
  return { said, ended: tell(over, choice.update(over * second, end)).at(-1), owed: choice.owed() };
}

suite('best', () => {
  test('a short visit sends its best when it ends', () => {
    const { said, ended } = play([30, 60, 40]);
    assert.deepEqual(said, ['0: begin', '3: best p1 60', '3: end']);
    assert.deepEqual(ended, {
      type: 'end',
      visit: 1,
      begin: 0,
      end: 2000,
      frames: 3,
      still: false,
      pictures: 1,
      quality: 60,
    });
  });

  test('a longer one sends the best of the first 5 s then, and at its end only what is clearly better', () => {
    assert.deepEqual(play([30, 60, 40, 40, 40, 40, 69, 40]).said, ['0: begin', '5: best p1 60', '8: end']);
    assert.deepEqual(play([30, 60, 40, 40, 40, 40, 70, 40]).said, [
      '0: begin',
      '5: best p1 60',
      '8: best p6 70',
      '8: end',
    ]);
  });

  test('pictures from before the confirmation count, and nothing is sent before it', () => {
    assert.deepEqual(play([90, 30, 20], {}, { begun: 2 }).said, ['2: begin', '3: best p0 90', '3: end']);
    assert.deepEqual(play([90, 30, 20], {}, { begun: 9 }).said, []);
  });

  test('of equal pictures the first is sent', () => {
    assert.deepEqual(play([50, 50, 50]).said[1], '3: best p0 50');
  });

  test('below the least quality nothing is sent, and the end says so; later a better one goes at once', () => {
    const { said, ended } = play([10, 12, 14]);
    assert.deepEqual(said, ['0: begin', '3: end']);
    assert.ok(ended?.type === 'end' && ended.pictures === 0 && ended.quality === 14);
    assert.deepEqual(play([1, 1, 1, 1, 1, 1, 1, 40, 1]).said, ['0: begin', '7: best p7 40', '9: end']);
  });

  test('the time is that of the option', () => {
    assert.deepEqual(play([30, 60, 40, 40], { bestWithin: 0 }).said, [
      '0: begin',
      '0: best p0 30',
      '4: best p1 60',
      '4: end',
    ]);
  });

  test('what never moves is sent once, however good it gets', () => {
    const qualities = [30, 30, 30, 30, 30, 30, 90, 90, 90, 90, 90];
    const { said } = play(qualities, {}, { still: true });
    assert.deepEqual(said, ['0: begin', '5: best p0 30', '11: end']);
  });
});

suite('resend', () => {
  const long = Array.from({ length: 13 }, () => 50);

  test('sends one more picture each time of a face that moves, the best since the last', () => {
    const qualities = long.with(8, 55);
    assert.deepEqual(play(qualities, { resend: 4000 }).said, [
      '0: begin',
      '5: best p0 50',
      '9: best p8 55',
      '13: end',
    ]);
  });

  test('what was sent is not sent again', () => {
    const { said } = play(long.with(1, 90).with(7, 55), { resend: 4000 });
    assert.deepEqual(said, ['0: begin', '5: best p1 90', '9: best p7 55', '13: end']);
  });

  test('and none of what does not, unless it is clearly better', () => {
    assert.deepEqual(play(long, { resend: 4000 }, { still: true }).said, [
      '0: begin',
      '5: best p0 50',
      '13: end',
    ]);
    const better = long.with(8, 60);
    assert.equal(play(better, { resend: 4000 }, { still: true }).said[2], '9: best p8 60');
  });
});

test('first: the first good one at once, or the best so far after a while, and no other', () => {
  assert.deepEqual(play([30, 55, 90, 95], { send: 'first' }).said, ['0: begin', '1: first p1 55', '4: end']);
  assert.deepEqual(play([30, 40, 30, 30, 30, 30, 99], { send: 'first' }).said, [
    '0: begin',
    '5: first p1 40',
    '7: end',
  ]);
  assert.deepEqual(play([30, 40, 30], { send: 'first' }).said, ['0: begin', '3: first p1 40', '3: end']);
});

test('every: each picture when it comes, of what is never confirmed too', () => {
  assert.deepEqual(play([0, 60], { send: 'every' }).said, [
    '0: begin',
    '0: every p0 0',
    '1: every p1 60',
    '2: end',
  ]);
  assert.deepEqual(play([0, 60], { send: 'every' }, { begun: 9 }).said, ['0: every p0 0', '1: every p1 60']);
});

test('what an open visit would send is owed, until it is sent', () => {
  const choice = createChoice<string>();
  const face: TrackedFace = { id: 7, confirmed: true, begin: 0, end: 0, frames: 1, speed: 0, still: false };
  const nothing: TrackerUpdate = { faces: [], begun: [], ended: [], dropped: [] };
  const look = (time: number, quality: number, begun: TrackedFace[] = []) =>
    choice.update(time, { ...nothing, begun }, [{ face, quality, picture: `${time}` }]);
  look(0, 40);
  assert.deepEqual(choice.owed(), [], 'it may still be nothing');
  look(100, 30, [face]);
  assert.deepEqual(choice.owed(), [{ visit: 7, begin: 0, quality: 40, picture: '0' }]);
  look(5000, 30);
  assert.deepEqual(choice.owed(), [], 'it was sent');
  look(5100, 45);
  assert.deepEqual(choice.owed(), [], 'this is not clearly better');
  look(5200, 60);
  assert.deepEqual(choice.owed(), [{ visit: 7, begin: 0, quality: 60, picture: '5200' }]);
});

test('a clock that is set back delays nothing', () => {
  const choice = createChoice<string>();
  const face: TrackedFace = { id: 1, confirmed: true, begin: 1e9, end: 0, frames: 1, speed: 0, still: false };
  const nothing: TrackerUpdate = { faces: [], begun: [], ended: [], dropped: [] };
  const candidates = [{ face, quality: 50, picture: 'p' }];
  choice.update(1e9, { ...nothing, begun: [face] }, candidates);
  choice.update(1000, nothing);
  assert.equal(choice.update(6000, nothing)[0]?.type, 'picture');
});

test('wrong arguments are coded errors', () => {
  const wrong = { code: 'FACEPIPE_E_ARGUMENT' };
  assert.throws(() => createChoice({ minQuality: -1 }), wrong);
  assert.throws(() => createChoice({ bestWithin: Number.NaN }), wrong);
  assert.throws(() => createChoice(JSON.parse('{"send":"some"}')), wrong);
});
