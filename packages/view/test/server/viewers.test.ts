import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { face, look, stage, until } from './stage.js';

test('what no page says ends the connection, and nobody else’s', async (t) => {
  const { view, feed } = await stage(t);
  const other = await look(view);
  for (const nonsense of ['', '{', '[]', '{"type":"watch"}', '{"type":"drawn","number":"1"}']) {
    const { socket } = await look(view);
    socket.send(nonsense);
    const [code] = await once(socket, 'close');
    assert.equal(code, 1008, nonsense);
  }
  const { socket } = await look(view);
  socket.on('error', () => {});
  socket.send('a'.repeat(5000));
  await once(socket, 'close');
  feed.face({ id: face, device: 'door' });
  await until(() => other.messages.some(({ pictures, type }) => type === 'patch' && pictures !== undefined));
  other.socket.terminate();
});

test('the sixty-fifth who wants to look is told to come later', async (t) => {
  const { view } = await stage(t);
  const pages = [];
  for (let i = 0; i < 64; i++) pages.push(await look(view));
  assert.equal(view.viewers, 64);
  const { socket } = await look(view);
  const [code] = await once(socket, 'close');
  assert.equal(code, 1013);
  for (const page of pages) page.socket.terminate();
  await until(() => view.viewers === 0);
});

test('who reads nothing misses news and gets the state anew, while others hear all of it', async (t) => {
  const { view, feed } = await stage(t);
  const slow = await look(view);
  const quick = await look(view);
  await until(() => slow.messages.length >= 2);
  slow.socket.pause();
  // far more than sockets and the limit hold
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 200; i++) feed.problem({ level: 'warn', text: `${round} ${i} ${'x'.repeat(5000)}` });
    const heard = quick.messages.length;
    await until(() => quick.messages.length > heard);
  }
  slow.socket.resume();
  await until(() => slow.messages.filter(({ type }) => type === 'state').length >= 2);
  assert.ok(slow.messages.length < quick.messages.length);
  slow.socket.terminate();
  quick.socket.terminate();
});
