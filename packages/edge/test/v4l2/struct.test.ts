import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestCode } from '../../dist/v4l2/layout.js';
import { fourcc } from '../../dist/v4l2/offer.js';
import { Struct } from '../../dist/v4l2/struct.js';

test('members are written and read where the table has them', () => {
  const buffer = new Struct('v4l2_buffer')
    .set('index', 3)
    .set('m.offset', 0xfffff000)
    .set('timestamp.tv_sec', -2);
  assert.equal(buffer.bytes.length, 88);
  assert.deepEqual([...buffer.bytes.subarray(0, 4)], [3, 0, 0, 0]);
  assert.deepEqual([...buffer.bytes.subarray(64, 68)], [0, 0xf0, 0xff, 0xff]);
  assert.deepEqual(
    [buffer.get('index'), buffer.get('m.offset'), buffer.get('timestamp.tv_sec')],
    [3, 0xfffff000, -2],
  );
  assert.equal(new Struct('v4l2_control').set('value', -7).get('value'), -7);
});

test('text ends at its first NUL or fills its member', () => {
  const capability = new Struct('v4l2_capability');
  capability.bytes.write('HD Webcam: é\0rest', 16);
  assert.equal(capability.text('card'), 'HD Webcam: é');
  capability.bytes.fill('x', 16, 48);
  assert.equal(capability.text('card'), 'x'.repeat(32));
  assert.equal(capability.text('bus_info'), '');
});

test('request codes are those that strace shows', () => {
  assert.equal(requestCode('VIDIOC_QUERYCAP'), 0x80685600);
  assert.equal(requestCode('VIDIOC_DQBUF'), 0xc0585611);
  assert.equal(requestCode('VIDIOC_STREAMON'), 0x40045612);
  assert.equal(fourcc(0x56595559), 'YUYV');
  assert.equal(fourcc(0x20203859), 'Y8');
});
