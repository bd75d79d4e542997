import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore, startSink } from '@facepipe/cloud';
import { brokers, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { Scene } from '../support/sink-scene.js';
import { stores } from '../support/stores.js';

test('a sink without a client id or a secret to make it of does not start', {
  skip: mosquittoMissing,
}, async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(startMosquitto());
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  const nameless = {
    topic: 'facepipe/+/faces',
    key: '{id}',
    concurrency: 1,
    deadLetter: 'facepipe/{device}/dead',
  };
  await assert.rejects(startSink({ ...nameless, link: { url }, store: scene.store(place) }), {
    code: 'FACEPIPE_E_CLIENT_ID',
  });
});

test('a sink whose store or broker cannot be used does not start', async (t) => {
  const scene = new Scene(t);
  const { url, stop } = await scene.broker(brokers[1]?.start() ?? assert.fail());
  const good = await scene.place(stores[0]?.open() ?? assert.fail());
  const bad = openStore('file:///dev/null');
  await assert.rejects(scene.sink(url, bad), { code: 'FACEPIPE_E_STORE_FOLDER', exit: 5 });
  await assert.rejects(scene.sink(url, scene.store(good), { quarantine: bad }), {
    code: 'FACEPIPE_E_STORE_FOLDER',
  });
  await stop();
  await assert.rejects(scene.sink(url, scene.store(good)), {
    code: 'FACEPIPE_E_BROKER_UNREACHABLE',
    exit: 4,
  });
});
