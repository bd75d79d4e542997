import { createInterface } from 'node:readline';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { faceMessages } from './face-messages.js';

// node dist/bare-puts.js BUCKET FACES PUTS: what a store takes from the AWS SDK alone, PUTS at a time, in the facepipe
// sink's own headers. Prints "ready", begins at a line on stdin, prints "done". The store is that of the environment.

const [bucket = '', count = '', most = ''] = process.argv.slice(2);
const endpoint = process.env.BENCH_ENDPOINT ?? '';
const client = new S3Client({
  endpoint,
  forcePathStyle: true,
  region: 'us-east-1',
  requestHandler: { httpAgent: { maxSockets: Number(most) } },
  // less to compute than the default
  requestChecksumCalculation: 'WHEN_REQUIRED',
});
// as many as are put, so that the store sees as many bodies
const faces = await faceMessages(Number(count), 256);
console.log('ready');
for await (const _ of createInterface({ input: process.stdin })) break;

const left = faces.entries();
async function putOneByOne(): Promise<void> {
  for (const [index, { payload, contentType, userProperties }] of left) {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `bare/${process.pid}/${index}.jpg`,
        Body: payload,
        ContentType: contentType,
        Metadata: userProperties,
        IfNoneMatch: '*',
      }),
    );
  }
}
await Promise.all(Array.from({ length: Number(most) }, putOneByOne));
console.log('done');
// its memory is read while it is there
for await (const _ of createInterface({ input: process.stdin }));
