import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore, startSink } from '@facepipe/cloud';
import { serveHealth } from '@facepipe/service/health';
import { startAedes } from '../support/brokers.js';
import { stores } from '../support/stores.js';
import { until } from '../support/until.js';

async function get(port: number, path: string, method = 'GET'): Promise<[number, string, string | null]> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return [response.status, await response.text(), response.headers.get('content-type')];
}

test('health, readiness and metrics of a sink follow its broker', async (t) => {
  const broker = await startAedes();
  t.after(() => broker.stop());
  const place = (await stores[0]?.open()) ?? assert.fail();
  t.after(() => place.close());
  const store = openStore(place.url);
  const sink = await startSink({
    link: { url: broker.url, clientId: 'sink' },
    topic: 'facepipe/+/faces',
    store,
    key: '{device}/{id}.{ext}',
    concurrency: 4,
    deadLetter: 'facepipe/{device}/dead',
  });
  t.after(() => sink.stop());
  const health = await serveHealth({
    port: 0,
    host: '127.0.0.1',
    ready: () => sink.ready,
    metrics: sink.metrics,
  });
  t.after(() => health.close());
  assert.ok(health.port > 0);

  assert.deepEqual((await get(health.port, '/healthz')).slice(0, 2), [200, 'alive\n']);
  assert.deepEqual((await get(health.port, '/readyz?verbose')).slice(0, 2), [200, 'ready\n']);
  const [status, metrics, type] = await get(health.port, '/metrics');
  assert.equal(status, 200);
  assert.match(type ?? '', /^text\/plain; version=0\.0\.4/);
  for (const name of [
    'received_total',
    'stored_total',
    'duplicates_total',
    'bytes_total',
    'in_flight',
    'held_bytes',
    'connected',
    'dead_letters_total',
    'dead_letters_unheard_total',
    'store_retries_total',
    'receipt_retries_total',
    'lag_seconds',
  ]) {
    assert.match(metrics, new RegExp(`^# HELP facepipe_sink_${name} .+`, 'm'), name);
  }
  assert.match(metrics, /^facepipe_sink_connected 1$/m);

  await broker.crash();
  await until('it is not ready', () => sink.ready !== undefined);
  assert.equal((await get(health.port, '/healthz'))[0], 200);
  assert.deepEqual((await get(health.port, '/readyz')).slice(0, 2), [503, 'The broker is not connected.\n']);
  assert.match((await get(health.port, '/metrics'))[1], /^facepipe_sink_connected 0$/m);
  await broker.restart();
  await until('it is ready again', async () => (await get(health.port, '/readyz'))[0] === 200);
});

test('other paths and methods are refused, HEAD has no body, close closes', async () => {
  const health = await serveHealth({
    port: 0,
    host: '127.0.0.1',
    ready: () => undefined,
    metrics: { metrics: () => Promise.reject(new Error('secret')), contentType: 'text/plain' },
  });
  assert.equal((await get(health.port, '/'))[0], 404);
  assert.equal((await get(health.port, '/healthz', 'POST'))[0], 405);
  assert.deepEqual((await get(health.port, '/healthz', 'HEAD')).slice(0, 2), [200, '']);
  assert.deepEqual((await get(health.port, '/metrics')).slice(0, 2), [500, '']);
  await health.close();
  await health.close();
  await assert.rejects(get(health.port, '/healthz'));
});

test('a port in use is said so, with exit 2', async (t) => {
  const options = {
    host: '127.0.0.1',
    ready: () => undefined,
    metrics: { metrics: async () => '', contentType: 'text/plain' },
  };
  const first = await serveHealth({ port: 0, ...options });
  t.after(() => first.close());
  await assert.rejects(serveHealth({ port: first.port, ...options }), {
    code: 'FACEPIPE_E_HEALTH_PORT',
    exit: 2,
    message: new RegExp(`${first.port}.*another program`),
  });
});
