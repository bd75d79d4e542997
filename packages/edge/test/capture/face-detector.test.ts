import assert from 'node:assert/strict';
import { test } from 'node:test';
import { detectorText } from '../../dist/capture/face-detector.js';

const detect = async () => [];

test('what found a face is one text: cascades, engine, and what confirmed it', () => {
  const plain = { cascade: 'frontalface_alt2', engine: 'simd 0.1.0', detect };
  assert.equal(detectorText(plain), 'frontalface_alt2 simd 0.1.0');
  assert.equal(
    detectorText({ ...plain, cascade: 'frontalface_alt2,profileface', verifier: 'blaze 0.1.0' }),
    'frontalface_alt2,profileface simd 0.1.0, blaze 0.1.0',
  );
});

test('whatever a file is called, facts have room for it', () => {
  const text = detectorText({ cascade: `a\nb\ud800${'😀'.repeat(300)}`, engine: 'simd 0.1.0', detect });
  assert.match(text, /^a b (😀)+…$/u);
  assert.equal([...text].length, 256);
});
