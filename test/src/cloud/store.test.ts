import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { openStore } from '@facepipe/cloud';
import { FacepipeError } from '@facepipe/service';
import { freePort } from '../support/brokers.js';
import { object, refuses, secret, withEnv } from '../support/imitation.js';
import { s3Client, s3Missing, s3Server, stores } from '../support/stores.js';

const run = promisify(execFile);

for (const fixture of stores) {
  test(`${fixture.name}: a key is written once and never over other bytes`, {
    skip: fixture.missing,
  }, async (t) => {
    const place = await fixture.open();
    t.after(() => place.close());
    const store = openStore(place.url, place.options);
    t.after(() => store.close());
    await store.check();
    const key = 'porch/2026/11/21/01JD000000000000000000000.png';
    assert.equal(await store.put(object(key, 'one', { device: 'porch', box: '1,2,3,4' })), 'stored');
    assert.equal(await store.put(object(key, 'one')), 'duplicate');
    assert.equal(await store.put(object(key, 'two')), 'conflict', 'of the same size');
    assert.equal(await store.put(object(key, 'three')), 'conflict', 'of another size');
    assert.equal(await store.put(object('empty', '')), 'stored');
    assert.equal(await store.put(object('%D1%8F/%2E./100%25~.png', 'odd')), 'stored');
    const found = await place.list();
    assert.deepEqual([...found.keys()].sort(), ['%D1%8F/%2E./100%25~.png', 'empty', key]);
    assert.equal(found.get(key)?.body.toString(), 'one');
    if (!fixture.metadata) return;
    assert.equal(found.get(key)?.contentType, 'image/png');
    const { sha256 } = object(key, 'one');
    assert.deepEqual(found.get(key)?.metadata, { device: 'porch', box: '1,2,3,4', sha256 });
  });

  test(`${fixture.name}: of many puts at once of one key, one stores`, {
    skip: fixture.missing,
  }, async (t) => {
    const place = await fixture.open();
    t.after(() => place.close());
    const store = openStore(place.url, place.options);
    t.after(() => store.close());
    const same = await Promise.all(Array.from({ length: 16 }, () => store.put(object('same', 'x'))));
    assert.deepEqual(same.sort(), [...Array(15).fill('duplicate'), 'stored']);
    const other = await Promise.all(Array.from({ length: 16 }, (_, n) => store.put(object('other', `${n}`))));
    assert.deepEqual(other.sort(), [...Array(15).fill('conflict'), 'stored']);
  });

  test(`${fixture.name}: an aborted put rejects`, { skip: fixture.missing }, async (t) => {
    const place = await fixture.open();
    t.after(() => place.close());
    const store = openStore(place.url, place.options);
    t.after(() => store.close());
    await assert.rejects(store.put(object('k', 'x'), AbortSignal.abort()), { name: 'AbortError' });
  });
}

test('S3: an object that no sink wrote is compared by its bytes', { skip: s3Missing }, async (t) => {
  const place = await stores[1]?.open();
  assert.ok(place);
  t.after(() => place.close());
  const client = await s3Client();
  t.after(() => client.destroy());
  const [, , Bucket = ''] = place.url.split('/');
  await client.send(new PutObjectCommand({ Bucket, Key: 'some/prefix/theirs', Body: Buffer.from('theirs') }));
  const store = openStore(place.url, place.options);
  t.after(() => store.close());
  assert.equal(await store.put(object('theirs', 'theirs')), 'duplicate');
  assert.equal(await store.put(object('theirs', 'others')), 'conflict');
});

test('S3: the options arrive', { skip: s3Missing }, async (t) => {
  const place = await stores[1]?.open();
  assert.ok(place);
  t.after(() => place.close());
  const store = openStore(place.url, { ...place.options, acl: 'public-read', storageClass: 'STANDARD' });
  t.after(() => store.close());
  assert.equal(await store.put(object('public', 'x')), 'stored');
  const plain = openStore(place.url, place.options);
  t.after(() => plain.close());
  assert.equal(await plain.put(object('private', 'x')), 'stored');
  const { endpoint } = await s3Server();
  const [, , bucket = ''] = place.url.split('/');
  assert.equal((await fetch(`${endpoint}/${bucket}/some/prefix/public`)).status, 200);
  assert.equal((await fetch(`${endpoint}/${bucket}/some/prefix/private`)).status, 403);
});

const python = '/usr/bin/python3';
const boto = `
import boto3, json, os, sys
from botocore.config import Config
s3 = boto3.client('s3', endpoint_url=sys.argv[1], region_name='us-east-1', config=Config(s3={'addressing_style': 'path'}))
o = s3.get_object(Bucket=sys.argv[2], Key=sys.argv[3])
print(json.dumps({'body': o['Body'].read().decode(), 'type': o['ContentType'], 'metadata': o['Metadata']}))
`;
const botoMissing = await run(python, ['-c', 'import boto3']).then(
  () => undefined,
  () => 'boto3 is not installed: apt-get install python3-boto3',
);
test('S3: Python reads an object back with its metadata', { skip: s3Missing ?? botoMissing }, async (t) => {
  const place = await stores[1]?.open();
  assert.ok(place);
  t.after(() => place.close());
  const store = openStore(place.url, place.options);
  t.after(() => store.close());
  const device = encodeURIComponent('камера 😀');
  const sent = object('a%20b/я.png', 'bytes', {
    device,
    'frame-size': '640x480',
    captured: '2026-11-21T10:00:00.000Z',
  });
  assert.equal(await store.put(sent), 'stored');
  const { endpoint } = await s3Server();
  const [, , bucket = ''] = place.url.split('/');
  const { stdout } = await run(python, ['-c', boto, endpoint, bucket, `some/prefix/${sent.key}`]);
  assert.deepEqual(JSON.parse(stdout), {
    body: 'bytes',
    type: 'image/png',
    metadata: { ...sent.metadata, sha256: sent.sha256 },
  });
});

test('S3: what is wrong with a bucket is told apart', { skip: s3Missing }, async (t) => {
  const place = await stores[1]?.open();
  assert.ok(place);
  t.after(() => place.close());
  const { endpoint } = await s3Server();
  const attempt = async (url: string, code: string, ...names: string[]) => {
    const store = openStore(url, { endpoint });
    await refuses(store.check(), code, ...names, endpoint);
    await refuses(store.put(object('k', 'x')), code, ...names, endpoint);
    await store.close();
  };
  await attempt('s3://no-such-bucket', 'FACEPIPE_E_STORE_BUCKET', 'no-such-bucket');
  await withEnv({ AWS_SECRET_ACCESS_KEY: secret }, () =>
    attempt(place.url, 'FACEPIPE_E_STORE_REFUSED', 'SignatureDoesNotMatch'),
  );
  await withEnv({ AWS_ACCESS_KEY_ID: 'nobody', AWS_SECRET_ACCESS_KEY: secret }, () =>
    attempt(place.url, 'FACEPIPE_E_STORE_REFUSED', 'InvalidAccessKeyId'),
  );
});

test('S3: no credentials, and nothing at the endpoint', async () => {
  const nothing = `http://127.0.0.1:${await freePort()}`;
  const none = {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_PROFILE: '',
    AWS_REGION: '',
    AWS_DEFAULT_REGION: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  await withEnv(none, async () => {
    const store = openStore('s3://bucket', { endpoint: nothing });
    await refuses(store.check(), 'FACEPIPE_E_STORE_CREDENTIALS', 'bucket', nothing);
    await store.close();
    const aws = openStore('s3://bucket');
    await assert.rejects(aws.check(), { code: 'FACEPIPE_E_STORE_REGION', exit: 2, message: /--region/ });
    await aws.close();
  });
  await withEnv({ AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: secret }, async () => {
    for (const endpoint of [nothing, 'http://no-such-host.invalid']) {
      const store = openStore('s3://bucket', { endpoint });
      await refuses(store.check(), 'FACEPIPE_E_STORE_UNREACHABLE', 'bucket', endpoint);
      await store.close();
    }
    await withEnv({ AWS_ENDPOINT_URL_S3: nothing }, async () => {
      const store = openStore('s3://bucket');
      await refuses(store.check(), 'FACEPIPE_E_STORE_UNREACHABLE', 'ECONNREFUSED', nothing);
      await store.close();
    });
  });
});

test('S3: URLs, endpoints and options that cannot be used are refused without a secret', () => {
  const refused: [string, object, string][] = [
    [`s3://AKIA:${secret}@bucket/x`, {}, 'FACEPIPE_E_STORE_URL'],
    ['s3://', {}, 'FACEPIPE_E_STORE_URL'],
    ['s3:///x', {}, 'FACEPIPE_E_STORE_URL'],
    ['s3://bucket/../x', {}, 'FACEPIPE_E_STORE_URL'],
    ['s3://bucket//x', {}, 'FACEPIPE_E_STORE_URL'],
    ['s3://bucket', { endpoint: 'localhost:9000' }, 'FACEPIPE_E_STORE_ENDPOINT'],
    ['s3://bucket', { endpoint: 'nothing' }, 'FACEPIPE_E_STORE_ENDPOINT'],
    [
      's3://bucket',
      { endpoint: `http://key:${encodeURIComponent(secret)}@host` },
      'FACEPIPE_E_STORE_ENDPOINT',
    ],
    ['s3://bucket', { acl: 'everybody' }, 'FACEPIPE_E_STORE_OPTION'],
    ['s3://bucket', { sse: 'rot13' }, 'FACEPIPE_E_STORE_OPTION'],
  ];
  for (const [url, options, code] of refused) {
    assert.throws(
      () => openStore(url, options),
      (error: unknown) => {
        assert.ok(error instanceof FacepipeError, url);
        assert.equal(error.code, code, url);
        assert.equal(error.exit, 2);
        for (const text of [secret, encodeURIComponent(secret)]) assert.ok(!error.message.includes(text));
        return true;
      },
      url,
    );
  }
});

test('S3: an outage is unreachable, and over when it is over', { skip: s3Missing }, async (t) => {
  const place = await stores[1]?.open();
  assert.ok(place);
  t.after(() => place.close());
  const server = await s3Server();
  const store = openStore(place.url, place.options);
  t.after(() => store.close());
  assert.equal(await store.put(object('before', 'x')), 'stored');
  t.after(() => server.gateway('start'));
  await server.gateway('stop');
  await refuses(store.put(object('during', 'x')), 'FACEPIPE_E_STORE_UNREACHABLE');
  await refuses(store.check(), 'FACEPIPE_E_STORE_UNREACHABLE');
  await server.gateway('start');
  await store.check();
  assert.equal(await store.put(object('during', 'x')), 'stored');
  assert.equal(await store.put(object('before', 'x')), 'duplicate');
});

test('S3: a store that hangs up counts as unreachable', async (t) => {
  const rude = createTcpServer((socket) => socket.destroy());
  rude.listen(0, '127.0.0.1');
  await once(rude, 'listening');
  t.after(() => rude.close());
  const endpoint = `http://127.0.0.1:${(rude.address() as AddressInfo).port}`;
  await withEnv({ AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: secret }, async () => {
    const store = openStore('s3://bucket', { endpoint });
    await refuses(store.put(object('k', 'x')), 'FACEPIPE_E_STORE_UNREACHABLE', endpoint);
    await store.close();
  });
});
