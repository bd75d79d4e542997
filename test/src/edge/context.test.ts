import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createFaceDetector } from '@facepipe/edge/detect';
import { type Box, connect, decodeFace, type FaceFacts, inspectImage } from '@facepipe/wire';
import sharp, { type Sharp } from 'sharp';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { freshFolder, start } from '../support/program.js';
import { until } from '../support/until.js';

const skip = mosquittoMissing ?? false;
const timeout = 300_000;
const photo = (name: string) =>
  fileURLToPath(new URL(`../../../packages/edge/photos/${name}`, import.meta.url));

const collins = sharp(photo('astronaut.png')).extract({ left: 60, top: 0, width: 320, height: 320 });
const hopper = sharp(photo('grace_hopper.jpg')).resize(320, 320, { fit: 'cover', position: 'top' });
const [left, right] = await Promise.all([collins.png().toBuffer(), hopper.png().toBuffer()]);

/** Two people side by side, 640 × 360, the one on the left a little elsewhere in each picture. */
function people(number: number): Sharp {
  const [x, y] = [0, 20 + Math.round(20 * Math.sin(number / 4))];
  return sharp({ create: { width: 640, height: 360, channels: 3, background: '#667' } }).composite([
    { input: left, left: x, top: y },
    { input: right, left: 320, top: 20 },
  ]);
}

/** Where a network sees a face, however unsure it is. */
async function facesIn(picture: Buffer): Promise<readonly Box[]> {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const detector = await createFaceDetector({ cascade: 'frontalface_alt2', verify: 0.3 });
  try {
    return await detector.detect(
      { data, width: info.width, height: info.height, format: 'rgb' },
      { minNeighbors: 1 },
    );
  } finally {
    await detector.close();
  }
}

const within = ({ x, y, width, height }: Box, box: Box): boolean =>
  x + width / 2 > box.x &&
  x + width / 2 < box.x + box.width &&
  y + height / 2 > box.y &&
  y + height / 2 < box.y + box.height;

test('with each face goes the whole frame, in which nobody else is to be found, and totals agree', {
  timeout,
}, async () => {
  const folder = freshFolder('facepipe-context-');
  const file = join(folder, 'people.png');
  writeFileSync(file, await people(0).png().toBuffer());
  const demo = ['demo', '--source', file, '--data', join(folder, 'data'), '--json', '--quiet'];
  const { code, stdout, stderr } = await start([...demo, '--context', '480']).ended;
  assert.equal(code, 0, stderr);
  const totals = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  const { captured, contexts, published, forwarded, stored, dead, lost } = totals;
  assert.deepEqual(
    { captured, contexts, published, forwarded, stored, dead, lost },
    { captured: 4, contexts: 2, published: 4, forwarded: 4, stored: 4, dead: 0, lost: 0 },
  );
  const bucket = join(folder, 'data', 'bucket');
  const names = readdirSync(bucket, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.png'),
  );
  const objects = await Promise.all(
    names.map(async (name) => {
      const bytes = readFileSync(join(bucket, name));
      const { facts, width, height } = await inspectImage(bytes);
      assert.ok(facts && name.endsWith(`${facts.id}.png`), 'each has a key of its own');
      return { bytes, facts, width, height };
    }),
  );
  const faces = new Map(objects.flatMap(({ facts }) => (facts.kind ? [] : [[facts.id, facts] as const])));
  assert.deepEqual(objects.map(({ facts }) => facts.seq).sort(), [1, 2, 3, 4]);
  const around = objects.filter(({ facts }) => facts.kind === 'context');
  assert.deepEqual(around.map(({ facts }) => facts.of).sort(), [...faces.keys()].sort());
  for (const { bytes, facts, width, height } of around) {
    assert.deepEqual([width, height, facts.frameSize], [480, 270, { width: 480, height: 270 }]);
    const face = faces.get(facts.of ?? '');
    assert.ok(face);
    for (const side of ['x', 'y', 'width', 'height'] as const)
      assert.ok(Math.abs(facts.box[side] - face.box[side] * 0.75) <= 1, side);
    assert.equal(facts.captured.getTime(), face.captured.getTime());
    const found = await facesIn(bytes);
    assert.ok(
      found.length > 0 && found.every((one) => within(one, facts.box)),
      JSON.stringify({ found, facts }),
    );
  }
});

test('a capture that is killed in the middle of a visit sends the face and its frame once, with its next start', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const link = await connect({ url: broker.url });
  t.after(() => link.close());
  const sent: FaceFacts[] = [];
  await link.subscribe('facepipe/door/faces', async (message) => {
    const { facts } = await decodeFace(message);
    if (facts) sent.push(facts);
  });
  const spool = freshFolder('facepipe-context-');
  // so long that only the end of the visit would send it
  const args = [
    'capture',
    '--source',
    '-',
    '--realtime',
    '--name',
    'door',
    '--broker',
    broker.url,
    '--spool',
    spool,
  ];
  const launch = () => {
    const program = start([...args, '--best-within', '1h', '--visit-gap', '10m', '--context', '320'], {
      input: 'open',
    });
    t.after(() => program.stop('SIGKILL'));
    return program;
  };
  const first = launch();
  await first.line(/looking for faces/);
  let number = 0;
  const pictures = () => readdirSync(join(spool, 'visits')).filter((name) => name.endsWith('.picture'));
  const withFrame = () =>
    pictures().some((name) => {
      const [head = ''] = readFileSync(join(spool, 'visits', name))
        .toString('latin1')
        .split('\n', 1);
      return JSON.parse(head).context?.width === 320;
    });
  await until('a face and its frame are on the disk', async () => {
    first.child.stdin.write(await people(number++).jpeg({ quality: 92 }).toBuffer());
    await new Promise((resolve) => setTimeout(resolve, 60));
    return withFrame();
  });
  await first.stop('SIGKILL');
  const owed = pictures().length;
  assert.equal(sent.length, 0);
  for (const _ of [1, 2]) {
    const next = launch();
    next.child.stdin.end(
      await sharp({ create: { width: 320, height: 180, channels: 3, background: '#667' } })
        .jpeg()
        .toBuffer(),
    );
    const { code, stderr } = await next.ended;
    assert.equal(code, 0, stderr);
    await until('all has come', () => sent.length > owed);
  }
  const faces = sent.filter(({ kind }) => kind === undefined);
  const around = sent.filter(({ kind }) => kind === 'context');
  assert.equal(faces.length, owed);
  // of a second one the killed capture may have had no time for the frame
  assert.ok(around.length >= 1 && around.length <= owed);
  assert.equal(new Set(around.map(({ of }) => of)).size, around.length);
  for (const { of, track } of around) assert.equal(track, faces.find(({ id }) => id === of)?.track);
  assert.deepEqual(readdirSync(join(spool, 'visits')), []);
});
