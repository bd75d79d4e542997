import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parseAddress } from '../../dist/source/address.js';

test('names and redacted texts carry no password, user or query', () => {
  const specs = [
    'rtsp://admin:s3cret@camera.local:554/live?token=t0ken',
    'RTSP://admin:s3cret@camera.local:554/live?token=t0ken#s3cret',
    'http://admin:s3cret%40@camera.local/live',
    'https://:s3cret@camera.local/a.mp4',
  ];
  for (const spec of specs) {
    const address = parseAddress(spec);
    const heard = `${spec}: 401; ${address.input}: no; user admin:s3cret@ s3cret@ refused; http://admin:s3cret@x/`;
    const told = `${address.name} ${address.redact(heard)}`;
    assert.doesNotMatch(told, /s3cret|t0ken/, spec);
    assert.match(address.name, /^(rtsp|https?):\/\/camera\.local/);
  }
});

test('a path becomes a file URL of ffmpeg, so it can be no option and no other protocol', () => {
  for (const path of ['-y', 'concat:a|b', 'a b.mp4', 'dir/x.mkv']) {
    const address = parseAddress(path);
    assert.equal(address.input, `file:${resolve(path)}`);
    assert.equal(address.name, path);
    assert.equal(address.url, undefined);
  }
});

test('a malformed URL is refused without its password', () => {
  for (const spec of [
    'rtsp://',
    'http://user:s3cret@',
    'http://user:s3cret@host:99999/',
    'https://exa mple/',
  ]) {
    assert.throws(
      () => parseAddress(spec),
      (error: Error & { code?: string; exit?: number }) =>
        error.code === 'FACEPIPE_E_SOURCE_SPEC' && error.exit === 2 && !error.message.includes('s3cret'),
      spec,
    );
  }
});
