import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { openStore, type Store, type StoreObject } from '@facepipe/cloud';
import { shareBucket } from '../support/shared-bucket.js';
import { s3Client, s3Missing } from '../support/stores.js';

function object(key: string, text: string): StoreObject {
  const body = Buffer.from(text);
  const sha256 = createHash('sha256').update(body).digest('hex');
  return { key, body, contentType: 'image/png', metadata: {}, sha256 };
}

/** A bucket whose owner grants another user what a file of deploy/iam grants on AWS. */
async function granted(file: string, t: TestContext) {
  const shared = await shareBucket(t);
  const text = readFileSync(new URL(`../../../deploy/iam/${file}`, import.meta.url), 'utf8');
  const policy = JSON.parse(text.replaceAll('my-faces', shared.bucket));
  const client = await s3Client(shared.env);
  t.after(() => client.destroy());
  return { ...shared, grant: () => shared.grant(...policy.Statement), client };
}

/** A store with a user's credentials, which it finds in the environment at its first request. */
async function storeOf(url: string, endpoint: string, env: Record<string, string>): Promise<Store> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const store = openStore(url, { endpoint });
    await store.check();
    return store;
  } finally {
    Object.assign(process.env, before);
  }
}

async function isDenied(work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.equal((error as { Code?: string }).Code, 'AccessDenied', inspect(error));
    return true;
  });
}

for (const file of ['sink.json', 'sink-write-only.json']) {
  test(`the policy ${file} is enough for a sink, and for nothing else`, { skip: s3Missing }, async (t) => {
    const { endpoint, owner, bucket, env, grant, client } = await granted(file, t);
    const url = `s3://${bucket}/site1`;
    await assert.rejects(storeOf(url, endpoint, env), { code: 'FACEPIPE_E_STORE_DENIED', exit: 5 });
    await grant();
    const store = await storeOf(url, endpoint, env);
    t.after(() => store.close());
    assert.equal(await store.put(object('door/a.png', 'a')), 'stored');
    assert.equal(await store.put(object('door/a.png', 'a')), 'duplicate');
    // of another owner, as after a change of credentials
    const Body = Buffer.from('b');
    await owner.send(new PutObjectCommand({ Bucket: bucket, Key: 'site1/door/b.png', Body }));
    assert.equal(await store.put(object('door/b.png', 'b')), 'duplicate');
    const other = await store.put(object('door/b.png', 'other'));
    assert.equal(other, file === 'sink.json' ? 'conflict' : 'duplicate', 'who may not read cannot compare');
    const kept = await owner.send(new GetObjectCommand({ Bucket: bucket, Key: 'site1/door/b.png' }));
    assert.equal(await kept.Body?.transformToString(), 'b');

    const elsewhere = { Bucket: bucket, Key: 'site2/door/a.png' };
    await isDenied(client.send(new PutObjectCommand({ ...elsewhere, Body })));
    await isDenied(client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'site1/door/a.png' })));
    await isDenied(client.send(new ListObjectsV2Command({ Bucket: bucket })));
    await isDenied(client.send(new GetObjectCommand(elsewhere)));
    await isDenied(client.send(new CreateBucketCommand({ Bucket: `mine-${randomUUID()}` })));
    await assert.rejects(storeOf(`s3://${bucket}/site2`, endpoint, env), { code: 'FACEPIPE_E_STORE_DENIED' });
    const left = await owner.send(new ListObjectsV2Command({ Bucket: bucket }));
    assert.deepEqual(
      left.Contents?.map(({ Key }) => Key).sort(),
      ['site1/.facepipe-check', 'site1/door/a.png', 'site1/door/b.png'],
      'a check leaves one object behind',
    );
  });
}
