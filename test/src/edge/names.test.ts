import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  alive,
  bucket,
  enter,
  filming,
  idsOf,
  mosquitto,
  options,
  photo,
  run,
  secrets,
  take,
} from '../support/names-scene.js';
import { freshFolder } from '../support/program.js';
import { until } from '../support/until.js';

// Client ids and topics are names that anybody may claim: what strangers do with them ends nothing and silences nobody.

test(
  'another user of the broker ends no capture, neither by a guessed id nor by the id itself',
  options,
  async (t) => {
    const acl = readFileSync(new URL('../../../deploy/mosquitto/edge.acl', import.meta.url), 'utf8').split(
      '\n',
    );
    const { url } = await mosquitto(t, { acl, passwords: secrets });
    const password = join(freshFolder('facepipe-names-'), 'door');
    writeFileSync(password, 'd\n');
    const window = { username: 'window', password: 'w' };
    await take(t, url, 'facepipe-capture-door', { ...window, filter: 'facepipe/window/status' });
    const capture = run(t, [
      ...[...filming(url), '--until', 'stored'],
      ...['--username', 'door', '--password-file', password, '--port', '0'],
    ]);
    const [id = ''] = await idsOf(capture);
    assert.match(id, /^capture[0-9A-Za-z]{16}$/);
    const watcher = await enter(t, url, { username: 'log', password: 'l' });
    let faces = 0;
    await watcher.subscribe('facepipe/door/faces', async () => void faces++);
    await until('faces come', () => faces > 2);
    for (const filter of [undefined, 'facepipe/window/#']) {
      await take(t, url, id, { ...window, ...(filter !== undefined && { filter }) });
      const before = faces;
      await until('faces come again', () => faces > before + 2);
    }
    // what window may say where it may, the session of door now takes
    const other = await enter(t, url, window);
    await other.publish({ topic: 'facepipe/window/status', payload: Buffer.from('{}') });
    alive(capture);
    const { code, stderr } = await capture.stop();
    assert.equal(code, 143, stderr);
  },
);

test(
  'what strangers leave in sessions is dead letters of sink and forwarder, and nothing to the others',
  options,
  async (t) => {
    const [edge, cloud] = [await mosquitto(t), await mosquitto(t)];
    const place = await bucket(t);
    const programs = {
      sink: run(t, [
        'sink',
        '--broker',
        cloud.url,
        '--store',
        place.url,
        '--port',
        '0',
        '--client-id',
        'guessed-sink',
      ]),
      forward: run(t, ['forward', '--from', edge.url, '--to', cloud.url, '--client-id', 'guessed']),
      audit: run(t, ['log', '--audit', '--broker', edge.url]),
      capture: run(t, [
        'capture',
        '--source',
        photo,
        '--realtime',
        '--send',
        'every',
        '--name',
        'door',
        '--broker',
        edge.url,
        '--until',
        'stored',
        // a stranger in the session of a hop may be given the face, and drops it: it goes again
        '--receipt-timeout',
        '2s',
      ]),
    };
    const { sink, forward, audit, capture } = programs;
    await Promise.all([
      sink.line(/storing /),
      forward.line(/carrying /),
      audit.line(/following /),
      idsOf(capture),
    ]);
    await capture.line(/connected to/);
    const letters: Record<string, string[]> = { [edge.url]: [], [cloud.url]: [] };
    for (const { url } of [edge, cloud]) {
      const link = await enter(t, url);
      await link.subscribe('facepipe/+/dead', async ({ payload }) => {
        const { reason, topic, payload: kept } = JSON.parse(payload.toString());
        letters[url]?.push(`${reason} ${topic} ${Buffer.from(kept, 'base64')}`);
      });
    }
    const sessions: [string, string][] = [
      [cloud.url, 'guessed-sink'],
      [cloud.url, 'guessed'],
      [edge.url, 'guessed'],
      ...[...(await idsOf(audit)), ...(await idsOf(capture))].map((id): [string, string] => [edge.url, id]),
    ];
    for (const [url, id] of sessions) {
      for (const filter of ['private/#', 'facepipe/+/dead']) await take(t, url, id, { filter });
    }
    for (const { url } of [edge, cloud]) {
      const link = await enter(t, url);
      for (let n = 0; n < 3; n++)
        await link.publish({ topic: 'private/note', payload: Buffer.from(`kept ${n}`) });
    }
    const kept = [0, 1, 2].map((n) => `unclaimed private/note kept ${n}`);
    for (const { url } of [edge, cloud])
      await until(
        () => `what nobody asked for is a dead letter: ${letters[url]}`,
        () => (letters[url]?.length ?? 0) >= 3,
      );
    await Promise.all([audit.line(/It is dropped/), sink.line(/It is dropped/)]);
    await until('the face is in the bucket', async () => (await place.size()) === 1);
    alive(sink, forward, audit);
    assert.deepEqual(
      Object.values(letters).map((got) => got.sort()),
      [kept, kept],
    );
    assert.equal(audit.lines.filter((line) => /It is dropped/.test(line)).length, 1, 'once');
    const { code, stderr } = await capture.ended;
    assert.equal(code, 0, stderr);
  },
);

test(
  'forwarder and sink keep their queues over restarts, since nobody can guess their ids',
  options,
  async (t) => {
    const [edge, cloud] = [await mosquitto(t), await mosquitto(t)];
    const place = await bucket(t);
    const state = { FACEPIPE_STATE: freshFolder('facepipe-state-') };
    const startBoth = async () => {
      const sink = run(t, ['sink', '--broker', cloud.url, '--store', place.url, '--port', '0'], state);
      await sink.line(/storing /);
      const forward = run(t, ['forward', '--from', edge.url, '--to', cloud.url], state);
      await forward.line(/carrying /);
      return { sink, forward, ids: [...(await idsOf(sink)), ...(await idsOf(forward))] };
    };
    const first = await startBoth();
    assert.equal(new Set(first.ids).size, 3, 'each session has an id of its own');
    for (const id of first.ids) assert.match(id, /^(sink|forward)[0-9A-Za-z]{16,19}$/);
    await first.forward.stop('SIGKILL');
    await first.sink.stop('SIGTERM');
    const image = readFileSync(photo);
    const publisher = await enter(t, edge.url);
    // plain images: each other bytes, so each another object
    for (let n = 0; n < 20; n++)
      await publisher.publish({
        topic: 'facepipe/door/faces',
        payload: Buffer.concat([image, Buffer.from([n])]),
      });
    for (const guess of [
      'facepipe-forward-site1',
      'facepipe-forward-0123456789abcdef',
      'facepipesink0123456789a',
    ])
      await take(t, edge.url, guess, {});
    const second = await startBoth();
    assert.deepEqual(second.ids, first.ids);
    await until('all are in the bucket', async () => (await place.size()) === 20);
  },
);
