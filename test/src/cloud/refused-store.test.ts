import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeleteBucketCommand, DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { connect } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { noiseFace } from '../support/face.js';
import { start } from '../support/program.js';
import { putAndGet, shareBucket } from '../support/shared-bucket.js';
import { s3Missing } from '../support/stores.js';
import { until } from '../support/until.js';

test('a store that refuses is told loudly and once, loses nothing, and is used again once it is fixed', {
  skip: mosquittoMissing ?? s3Missing,
  timeout: 300_000,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const { bucket: Bucket, endpoint, owner, env, create, grant, revoke } = await shareBucket(t);
  const allow = () => grant(putAndGet(Bucket));
  const keys = async () => {
    const { Contents = [] } = await owner.send(new ListObjectsV2Command({ Bucket }));
    return Contents.flatMap(({ Key = '' }) => (Key === '.facepipe-check' ? [] : Key));
  };
  await allow();
  const flags = ['--store', `s3://${Bucket}`, '--endpoint', endpoint, '--broker', broker.url, '--port', '0'];
  const sink = start(['sink', ...flags], { env });
  t.after(() => sink.stop());
  const port = /port (\d+)/.exec(await sink.line(/health and metrics/))?.[1];
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200;
  const link = await connect({ url: broker.url });
  t.after(() => link.close());
  const publish = async (count: number) => {
    for (let seq = 1; seq <= count; seq++) await link.publish((await noiseFace({ seq })).message);
  };
  const about = (pattern: RegExp) => sink.lines.filter((line) => pattern.test(line));

  await publish(30);
  await until('the first are stored', async () => (await keys()).length === 30);
  assert.ok(await ready());

  await revoke();
  const denied = Date.now();
  await publish(30);
  await until('readiness ends', async () => !(await ready()));
  assert.ok(Date.now() - denied < 10_000, 'within seconds');
  // longer than the first pauses, so that every put has failed more than once
  await until('it went on failing', () => Date.now() - denied > 4_000);
  await allow();
  await until('the next are stored', async () => (await keys()).length === 60);
  await until('it is ready again', ready);
  assert.equal(about(/ERROR.*may not write to/).length, 1, 'loud, and once');

  for (const Key of ['.facepipe-check', ...(await keys())])
    await owner.send(new DeleteObjectCommand({ Bucket, Key }));
  await owner.send(new DeleteBucketCommand({ Bucket }));
  await publish(30);
  await until('readiness ends again', async () => !(await ready()));
  await create();
  await allow();
  await until('the last are stored', async () => (await keys()).length === 30);

  const { code, stdout } = await sink.stop();
  assert.equal(code, 143);
  assert.match(stdout, /stored 90, duplicates 0/);
  assert.ok(about(/ERROR.*does not exist/).length >= 1);
  assert.equal(about(/storing again/).length >= 2, true);
});
