import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Witnesses } from '../../dist/forward/witnesses.js';

const say = (size: number) => ({ topic: 'a', payload: Buffer.alloc(size) });

test('witnesses are asked in turn, those of devices in doubt last', () => {
  const witnesses = new Witnesses();
  assert.equal(
    witnesses.next(() => false),
    undefined,
  );
  for (const device of ['a', 'b', 'c']) witnesses.passed(device, say(1));
  witnesses.passed('large', say(300_000));
  const asked = () => witnesses.next((device) => device === 'a')?.device;
  assert.deepEqual([asked(), asked(), asked()], ['b', 'c', 'b']);
  assert.equal(witnesses.next(() => true)?.device, 'a');
});

test('few are kept, each device’s last one', () => {
  const witnesses = new Witnesses();
  for (let n = 0; n < 100; n++) witnesses.passed(`d${n}`, say(1));
  assert.equal(witnesses.size, 8);
  witnesses.passed('d99', say(7));
  for (let n = 0; n < 7; n++) witnesses.next(() => false);
  assert.equal(witnesses.next(() => false)?.message.payload.length, 7);
});
