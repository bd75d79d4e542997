import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overlap, planSink } from '../../dist/sink/sink-plan.js';

const names = {
  topic: 'facepipe/+/faces',
  store: 's3://bucket/prefix',
  key: '{device}/{id}.{ext}',
  deadLetter: 'facepipe/{device}/dead',
};

test('two filters overlap when some topic matches both', () => {
  const yes: [string, string][] = [
    ['a/b', 'a/b'],
    ['a/+', 'a/b'],
    ['+/b', 'a/+'],
    ['#', 'a/b/c'],
    ['a/#', 'a'],
    ['a/#', '+/b/c'],
    ['+/+', 'a/#'],
  ];
  const no: [string, string][] = [
    ['a/b', 'a/c'],
    ['a/+', 'a/b/c'],
    ['a/+/c', 'a/+/d'],
    ['a/b/#', 'a/c/#'],
    ['+', 'a/b'],
  ];
  for (const [a, b] of yes) assert.ok(overlap(a, b) && overlap(b, a), `${a} ${b}`);
  for (const [a, b] of no) assert.ok(!overlap(a, b) && !overlap(b, a), `${a} ${b}`);
});

test('the plan names topics, device and key', () => {
  const plan = planSink(names);
  assert.equal(plan.filter, 'facepipe/+/faces');
  assert.equal(plan.deviceOf('facepipe/porch/faces'), 'porch');
  assert.equal(plan.deadTopic('porch'), 'facepipe/porch/dead');
  assert.equal(plan.receiptTopic('porch'), 'facepipe/porch/stored');
  assert.equal(plan.keyOf({ device: 'porch', id: 'i', ext: 'png' }), 'porch/i.png');
  assert.equal(planSink({ ...names, group: 'g' }).filter, '$share/g/facepipe/+/faces');
  const fixed = planSink({ ...names, topic: 'site/porch/faces', deviceLevel: 2 });
  assert.equal(fixed.deviceOf('site/porch/faces'), 'porch');
});

test('what the sink itself sends is told from what it may take', () => {
  const { sendsTo } = planSink({ ...names, deadLetter: 'dead/of-{device}/x' });
  assert.ok(sendsTo('dead/of-porch/x') && sendsTo('facepipe/porch/stored'));
  assert.ok(!sendsTo('facepipe/porch/faces') && !sendsTo('facepipe/porch/dead'));
});

test('the client id is made of a secret, stays, fits MQTT 3.1.1, and differs where queues must differ', () => {
  assert.equal(planSink(names).clientId, undefined);
  const secret = Buffer.alloc(32);
  const id = (more: object) => planSink({ ...names, secret, ...more }).clientId;
  assert.match(String(id({})), /^[0-9a-zA-Z]{23}$/);
  assert.equal(id({}), id({ key: '{id}' }));
  const different = [
    id({}),
    id({ secret: Buffer.alloc(32, 1) }),
    id({ topic: 'other/+/faces' }),
    id({ store: 's3://other' }),
    id({ group: 'g' }),
    id({ group: 'g', member: 'one' }),
    id({ group: 'g', member: 'two' }),
    id({ group: 'h', member: 'two' }),
  ];
  assert.equal(new Set(different).size, different.length);
});

test('names that would lose or loop are refused', () => {
  const refused: [object, string, RegExp][] = [
    [{ topic: 'facepipe/#/x' }, 'FACEPIPE_E_FILTER', /#/],
    [{ topic: '$share/g/facepipe/+/faces' }, 'FACEPIPE_E_SINK_SHARED', /--group g/],
    [{ topic: 'facepipe/porch/faces' }, 'FACEPIPE_E_SINK_DEVICE', /--device-level/],
    [{ group: 'a/b' }, 'FACEPIPE_E_SINK_GROUP_NAME', /a\/b/],
    [{ group: '' }, 'FACEPIPE_E_SINK_GROUP_NAME', /not a valid name/],
    [{ deadLetter: 'facepipe/{device}/faces' }, 'FACEPIPE_E_SINK_LOOP', /facepipe\/\{device\}\/faces/],
    [{ deadLetter: 'dead/{device}', topic: 'facepipe/+/+' }, 'FACEPIPE_E_SINK_LOOP', /stored/],
    [{ deadLetter: 'facepipe/x-{device}/faces' }, 'FACEPIPE_E_SINK_LOOP', /narrower/],
    [{ deadLetter: 'dead/{topic}' }, 'FACEPIPE_E_TOPIC', /\{topic\}/],
    [{ deadLetter: 'dead/+' }, 'FACEPIPE_E_TOPIC', /wildcard/],
    [{ key: '{device}' }, 'FACEPIPE_E_KEY_TEMPLATE', /\{id\}/],
  ];
  for (const [more, code, message] of refused) {
    assert.throws(() => planSink({ ...names, ...more }), { code, exit: 2, message }, JSON.stringify(more));
  }
});
