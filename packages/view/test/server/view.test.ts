import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { Feed } from '../../dist/feed/feed.js';
import { serveView, type ViewOptions } from '../../dist/server/view.js';
import { ask, face, look, stage, token, upgrade } from './stage.js';

test('the page and all of it come from here, and it may use nothing else', async (t) => {
  const { view } = await stage(t);
  const page = await ask(view, '/');
  assert.equal(page.status, 200);
  assert.match(String(page.headers['content-security-policy']), /default-src 'self'/);
  assert.doesNotMatch(String(page.headers['content-security-policy']), /unsafe|\*|data:/);
  assert.equal(page.headers['x-content-type-options'], 'nosniff');
  assert.doesNotMatch(page.text, /https?:\/\//);
  assert.doesNotMatch(page.text, /<script(?![^>]*src=)/);
  assert.doesNotMatch(page.text, /\sstyle=|\son\w+=/);
  for (const [, file = ''] of page.text.matchAll(/(?:src|href)="([^"]+)"/g))
    assert.equal((await ask(view, `/${file}`)).status, 200, file);
});

test('a name that was made to point here is refused, for pages and for the stream', async (t) => {
  const { view } = await stage(t);
  const headers = { host: 'evil.example' };
  for (const path of ['/', '/session', `/pictures/${face}`, '/page.js'])
    assert.equal((await ask(view, path, headers)).status, 403, path);
  assert.equal(await upgrade(view, headers), 403);
  assert.equal(await upgrade(view), 101);
});

test('a page of another site can neither look nor sign in', async (t) => {
  const { view } = await stage(t, { token });
  const headers = { origin: 'http://evil.example' };
  assert.equal(await upgrade(view, headers), 403);
  assert.equal((await ask(view, '/login', headers, `token=${token}`)).status, 403);
  const page = await ask(view, '/');
  assert.equal(page.headers['cross-origin-resource-policy'], 'same-origin');
  assert.match(String(page.headers['content-security-policy']), /frame-ancestors 'none'/);
});

test('no path leads out of the page', async (t) => {
  const { view } = await stage(t);
  const paths = [
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/..%5cpackage.json',
    '//etc/passwd',
    '/pictures/..%2f..%2fpackage.json',
    '/pictures/%00',
    '/objects/../../../etc/passwd',
    '/page.js/../../package.json',
    '/%',
  ];
  for (const path of paths) {
    const { status, text } = await ask(view, path);
    assert.ok(status >= 400 && status < 500, `${path}: ${status}`);
    assert.doesNotMatch(text, /"dependencies"|root:/, path);
  }
});

test('a picture comes as it is, and is not to be had once it is forgotten', async (t) => {
  const { view, feed } = await stage(t);
  feed.face({ id: face, device: 'door', payload: { bytes: Buffer.from('image'), contentType: 'image/png' } });
  const picture = await ask(view, `/pictures/${face}`);
  assert.deepEqual([picture.status, picture.text], [200, 'image']);
  assert.equal(picture.headers['content-type'], 'image/png');
  assert.equal((await ask(view, `/pictures/${face.replace('1', '2')}`)).status, 404);
});

test('an object is opened from the store, and one that is not there is said not to be', async (t) => {
  const asked: string[] = [];
  const object: ViewOptions['object'] = async ({ id, key }) => {
    asked.push(id);
    return key === undefined ? undefined : { body: Buffer.from(key), contentType: 'image/png' };
  };
  const { view, feed } = await stage(t, { object });
  feed.face({ id: face, device: 'door' });
  assert.equal((await ask(view, `/objects/${face}`)).status, 404);
  feed.step(face, 'stored', { key: 'a/b.png' });
  assert.equal((await ask(view, `/objects/${face}`)).text, 'a/b.png');
  assert.equal((await ask(view, '/objects/01JD0000000000000000000008')).status, 404);
  assert.deepEqual(asked, [face, face]);
});

test('with a token nothing is shown until it is entered; it is never in an address', async (t) => {
  const { view, feed } = await stage(t, { token });
  feed.face({ id: face, device: 'door', payload: { bytes: Buffer.from('image'), contentType: 'image/png' } });
  assert.deepEqual(JSON.parse((await ask(view, '/session')).text), { needed: true, signedIn: false });
  for (const path of [
    `/pictures/${face}`,
    `/objects/${face}`,
    `/pictures/${face}?token=${encodeURIComponent(token)}`,
  ])
    assert.equal((await ask(view, path)).status, 401, path);
  assert.equal(await upgrade(view), 401);
  assert.equal(await upgrade(view, { cookie: `facepipe_view=${token}` }), 401);
  const { status, headers } = await ask(view, '/login', {}, new URLSearchParams({ token }).toString());
  assert.equal(status, 204);
  const [flags = ''] = headers['set-cookie'] ?? [];
  assert.match(flags, /; HttpOnly/);
  assert.match(flags, /; SameSite=Strict/);
  assert.doesNotMatch(flags, /Secure/);
  const [cookie = ''] = flags.split(';');
  assert.ok(!cookie.includes(token));
  assert.equal((await ask(view, `/pictures/${face}`, { cookie })).text, 'image');
  assert.equal(await upgrade(view, { cookie }), 101);
  await ask(view, '/logout', { cookie }, '');
  assert.equal((await ask(view, `/pictures/${face}`, { cookie })).status, 401);
});

test('behind a proxy that encrypts, the cookie goes over encrypted connections alone', async (t) => {
  const { view } = await stage(t, { token });
  const proxied = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'cams.example',
    origin: 'https://cams.example',
  };
  const { headers } = await ask(view, '/login', proxied, new URLSearchParams({ token }).toString());
  assert.match(String(headers['set-cookie']), /; Secure/);
});

test('the token can be tried five times a minute', async (t) => {
  const { view } = await stage(t, { token });
  const answers = [];
  for (let i = 0; i < 7; i++) answers.push(await ask(view, '/login', {}, `token=guess${i}`));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [401, 401, 401, 401, 401, 429, 429],
  );
  assert.ok(Number(answers[6]?.headers['retry-after']) > 0);
  const late = await ask(view, '/login', {}, new URLSearchParams({ token }).toString());
  assert.equal(late.status, 429);
});

test('to others it is served with a token of 16 characters only', async () => {
  const feed = new Feed({ version: '1', mode: 'demo', title: 'door', video: true, objects: true, steps: [] });
  const refused = (options: Partial<ViewOptions>, code: string) =>
    assert.rejects(serveView({ feed, port: 0, ...options }), { code });
  await refused({ host: '0.0.0.0' }, 'FACEPIPE_E_VIEW_OPEN');
  await refused({ host: '::' }, 'FACEPIPE_E_VIEW_OPEN');
  await refused({ host: '0.0.0.0', token: 'short' }, 'FACEPIPE_E_VIEW_TOKEN');
  await refused({ host: '0.0.0.0', token: '' }, 'FACEPIPE_E_VIEW_TOKEN');
});

test('a port that is taken is said to be', async (t) => {
  const { view, feed } = await stage(t);
  await assert.rejects(serveView({ feed, port: view.port }), { code: 'FACEPIPE_E_VIEW_PORT' });
});

test('a thousand connections that say nothing keep nobody out', async (t) => {
  const { view } = await stage(t);
  const { socket: page } = await look(view);
  const sockets: Socket[] = [];
  for (let i = 0; i < 1000; i++) {
    const socket = connect(view.port, '127.0.0.1');
    socket.on('error', () => {});
    sockets.push(socket);
    await once(socket, 'connect');
  }
  assert.equal((await ask(view, '/')).status, 200);
  assert.equal(page.readyState, WebSocket.OPEN);
  for (const socket of sockets) socket.destroy();
  page.terminate();
});

test('a header of a megabyte is refused, and the next request is served', async (t) => {
  const { view } = await stage(t);
  const socket = connect(view.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`GET / HTTP/1.1\r\nhost: localhost\r\nx-long: ${'a'.repeat(2 ** 20)}\r\n\r\n`);
  let text = '';
  socket.on('data', (data) => {
    text += data;
  });
  await once(socket, 'close');
  assert.match(text, /^(HTTP\/1.1 431|$)/);
  assert.equal((await ask(view, '/')).status, 200);
});

test('a body that is no token, or too long for one, is refused', async (t) => {
  const { view } = await stage(t, { token });
  assert.equal((await ask(view, '/login', {}, 'a'.repeat(5000))).status, 413);
  assert.equal((await ask(view, '/login', { 'content-type': 'text/xml' }, '<a/>')).status, 415);
  assert.equal(
    (await ask(view, '/login', { 'content-type': 'application/json' }, '{"token":7}')).status,
    401,
  );
});
