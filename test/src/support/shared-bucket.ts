import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  PutBucketPolicyCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { s3Client, s3Server } from './stores.js';

/** What a bucket's owner grants or denies, as of AWS, without whom it is about. */
export interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string[];
  Resource: string[];
}

export interface SharedBucket {
  bucket: string;
  endpoint: string;
  owner: S3Client;
  /** The credentials of a user who may do nothing in it until that is granted. */
  env: Record<string, string>;
  create(): Promise<unknown>;
  /** Grants the user this, and nothing that was granted before. */
  grant(...statements: Statement[]): Promise<unknown>;
  revoke(): Promise<unknown>;
}

/** All that a sink needs. */
export const putAndGet = (bucket: string): Statement => ({
  Effect: 'Allow',
  Action: ['s3:PutObject', 's3:GetObject'],
  Resource: [`arn:aws:s3:::${bucket}/*`],
});

/** A new bucket, whose owner decides what a user of its own may do in it. */
export async function shareBucket(t: TestContext): Promise<SharedBucket> {
  const { endpoint, user } = await s3Server();
  const owner = await s3Client();
  t.after(() => owner.destroy());
  const bucket = `faces-${randomUUID()}`;
  const name = `sink-${randomUUID()}`;
  const env = await user(name);
  const create = () => owner.send(new CreateBucketCommand({ Bucket: bucket }));
  await create();
  return {
    ...{ bucket, endpoint, owner, env, create },
    grant: (...statements) => {
      const Principal = { AWS: [`arn:aws:iam:::user/${name}`] };
      const Statement = statements.map((statement) => ({ ...statement, Principal }));
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
      return owner.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    },
    revoke: () => owner.send(new DeleteBucketPolicyCommand({ Bucket: bucket })),
  };
}
