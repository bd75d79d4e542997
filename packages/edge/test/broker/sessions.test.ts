import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { Database } from '../../dist/broker/database.js';
import { diskLimits } from '../../dist/broker/limits.js';
import { Outlet } from '../../dist/broker/outlet.js';
import { Sessions } from '../../dist/broker/sessions.js';

const hour = 3600_000;
const content = (text: string) => ({ topic: 't', payload: Buffer.from(text) });

test('a session ends when its client has been away for seven days in which the broker ran', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-sessions-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const said: string[] = [];
  const open = async () => {
    const database = await Database.open(folder, assert.fail);
    const sessions = new Sessions(database, diskLimits, (text) => said.push(text));
    await sessions.restore();
    return { database, sessions };
  };
  let { database, sessions } = await open();
  const absent = sessions.open('absent', true);
  const present = sessions.open('present', true);
  for (const session of [absent, present]) {
    session.filters.set('t', 1);
    await sessions.save(session);
  }
  present.attach(new Outlet(new PassThrough(), 1000, () => {}));
  await sessions.keep(sessions.newMessage(content('face')), [[absent, 1]]);
  for (let hours = 0; hours < 100; hours++) assert.deepEqual(await sessions.expired(hour), []);
  await database.close();

  // how long the broker was away, or what its clock says, does not count
  ({ database, sessions } = await open());
  const again = sessions.get('absent');
  assert.ok(again);
  assert.equal(again.absent, 100 * hour);
  assert.equal(again.size, 1);
  sessions.get('present')?.attach(new Outlet(new PassThrough(), 1000, () => {}));
  for (let hours = 101; hours < 7 * 24; hours++) assert.deepEqual(await sessions.expired(hour), []);
  assert.deepEqual(await sessions.expired(hour), [again]);
  assert.match(said.join(), /session of absent ends, unused for 7\.0 days; 1 messages are queued in it/);
  await sessions.discard(again);
  await database.close();

  ({ database, sessions } = await open());
  assert.equal(sessions.get('absent'), undefined);
  assert.ok(sessions.get('present'));
  for (const prefix of ['m!', 'q!'])
    for await (const key of database.keys(prefix)) assert.fail(`${key} is left`);
  await database.close();
});

test('a message for many sessions is in the database once, until the last has it', async () => {
  const database = await Database.open(undefined, assert.fail);
  const sessions = new Sessions(database, { ...diskLimits, bytes: 1000 }, assert.fail);
  const readers = Array.from({ length: 50 }, (_, n) => sessions.open(`reader ${n}`, true));
  await sessions.keep(
    sessions.newMessage(content('x'.repeat(900))),
    readers.map((reader) => [reader, 1]),
  );
  assert.equal(sessions.hasRoom(1, 99), true);
  assert.equal(sessions.hasRoom(1, 100), false);
  const stored = async () => {
    let count = 0;
    for await (const _ of database.keys('m!')) count += 1;
    return count;
  };
  for (const [n, reader] of readers.entries()) {
    assert.equal(await stored(), 1, `with ${50 - n} sessions`);
    reader.clear();
    await database.commit([]);
  }
  assert.equal(await stored(), 0);
  assert.equal(sessions.hasRoom(1, 1000), true);
  await database.close();
});

test('what cannot be written down is nowhere', async () => {
  const database = await Database.open(undefined, assert.fail);
  const sessions = new Sessions(database, diskLimits, assert.fail);
  const reader = sessions.open('reader', true);
  await database.close();
  await assert.rejects(sessions.keep(sessions.newMessage(content('face')), [[reader, 1]]));
  assert.equal(reader.size, 0);
});

test('a message whose file a loss of power has damaged is skipped, and the others come', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-sessions-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const said: string[] = [];
  const open = async () => {
    const database = await Database.open(folder, assert.fail);
    const sessions = new Sessions(database, diskLimits, (text) => said.push(text));
    await sessions.restore();
    return { database, sessions };
  };
  let { database, sessions } = await open();
  const reader = sessions.open('reader', true);
  reader.filters.set('t', 1);
  await sessions.save(reader);
  for (const text of ['empty', 'zeros', 'whole'])
    await sessions.keep(sessions.newMessage(content(text.padEnd(5000))), [[reader, 1]]);
  await database.close();
  const files = join(folder, 'messages');
  const [empty = '', zeros = ''] = readdirSync(files).sort();
  truncateSync(join(files, empty));
  writeFileSync(join(files, zeros), Buffer.alloc(statSync(join(files, zeros)).size));

  ({ database, sessions } = await open());
  const way = new PassThrough();
  sessions.get('reader')?.attach(new Outlet(way, 1000, () => {}));
  let came = '';
  for await (const chunk of way) {
    came += chunk;
    if (came.includes('whole')) break;
  }
  assert.doesNotMatch(came, /empty|zeros/);
  assert.equal(said.length, 2);
  await database.close();
});
