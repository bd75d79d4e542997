import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mirrorImage } from '../../dist/capture/mirror.js';

test('left and right change places, and the picture itself stays', () => {
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6);
  assert.deepEqual(mirrorImage({ data, width: 3, height: 2 }).data, Uint8Array.of(3, 2, 1, 6, 5, 4));
  assert.deepEqual(data, Uint8Array.of(1, 2, 3, 4, 5, 6));
});
