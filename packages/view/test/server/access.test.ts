import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Access, isLoopback } from '../../dist/server/access.js';

const token = 'correct horse battery';
const asked = (host?: string, origin?: string, forwardedHost?: string) => ({ host, origin, forwardedHost });

test('without a token only names of this machine are served', () => {
  const access = new Access(undefined);
  for (const host of ['localhost:8090', '127.0.0.1:8090', '127.8.9.1', '[::1]:8090', 'localhost'])
    assert.equal(access.refusal(asked(host)), undefined, host);
  const strangers = [
    'evil.example:8090',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '192.168.1.4:8090',
    '',
  ];
  for (const host of strangers) assert.match(access.refusal(asked(host)) ?? '', /this machine only/, host);
  assert.match(access.refusal(asked(undefined)) ?? '', /no host/);
});

test('a page of another site may not ask, whatever it says a proxy was asked for', () => {
  const open = new Access(undefined);
  assert.equal(open.refusal(asked('localhost:8090', 'http://localhost:8090')), undefined);
  for (const origin of ['http://evil.example', 'http://localhost:9999', 'null', 'garbage'])
    assert.match(open.refusal(asked('localhost:8090', origin)) ?? '', /another site/, origin);
  const refused = open.refusal(asked('localhost:8090', 'http://evil.example', 'evil.example'));
  assert.match(refused ?? '', /another site/);
});

test('with a token any name is served, and a proxy may have another one', () => {
  const access = new Access(token);
  assert.equal(access.refusal(asked('cameras.example', 'https://cameras.example')), undefined);
  assert.equal(
    access.refusal(asked('127.0.0.1:8090', 'https://cameras.example', 'cameras.example')),
    undefined,
  );
  assert.match(access.refusal(asked('cameras.example', 'https://evil.example')) ?? '', /another site/);
});

test('a browser is signed in by the token alone, until it signs out or a month has passed', () => {
  const access = new Access(token);
  assert.equal(access.isSignedIn(undefined, 0), false);
  assert.equal(access.isSignedIn('', 0), false);
  assert.equal(access.signIn(`${token} `, 0), undefined);
  const session = access.signIn(token, 0);
  assert.ok(session);
  assert.equal(access.isSignedIn(session.key, 0), true);
  assert.equal(access.isSignedIn(session.key, session.maxAge * 1000 + 1), false);
  access.signOut(session.key);
  assert.equal(access.isSignedIn(session.key, 0), false);
  assert.equal(access.isSignedIn(token, 0), false);
});

test('a thousand browsers are remembered, and one more signs the oldest out', () => {
  const access = new Access(token);
  const keys = Array.from({ length: 1001 }, () => access.signIn(token, 0)?.key);
  assert.equal(access.isSignedIn(keys[0], 0), false);
  assert.equal(access.isSignedIn(keys[1], 0), true);
  assert.equal(access.isSignedIn(keys[1000], 0), true);
});

test('what only this machine can reach', () => {
  for (const host of ['127.0.0.1', 'localhost', '::1']) assert.equal(isLoopback(host), true, host);
  for (const host of ['0.0.0.0', '::', '192.168.0.1', '127.0.0.1.nip.io'])
    assert.equal(isLoopback(host), false, host);
});
