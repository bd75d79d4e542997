import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { freePort, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { objectsIn } from '../support/delivery.js';
import { facepipe, type Outcome, start } from '../support/program.js';
import { stores } from '../support/stores.js';
import { until } from '../support/until.js';

const photos = fileURLToPath(new URL('../../../packages/edge/photos/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'facepipe-mistakes-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const secret = 'hunter2-not-to-be-seen';

/** One sentence or two, the right exit code, no stack, no secret. */
function refused({ code, stdout, stderr }: Outcome, exit: number, says: RegExp): void {
  assert.equal(code, exit, stderr);
  assert.match(stderr, says);
  assert.doesNotMatch(stderr, /^\s+at /m, 'no stack trace');
  assert.doesNotMatch(stderr + stdout, new RegExp(secret), 'no password');
  const last = stderr.trim().split('\n').at(-1) ?? '';
  assert.match(last, /FACEPIPE_E_/, 'the code is there to be looked up');
}

test('usage: unknown flags, commands, cascades, engines and malformed values end with 2', async () => {
  const photo = join(photos, 'astronaut.png');
  const notXml = file('cascade.xml', '<html><body>404</body></html>');
  const cases: [string[], RegExp][] = [
    [['captur'], /nearest is capture/],
    [['capture', '--sorce', 'demo'], /nearest is --source/],
    [['detect', photo, '--cascade', 'frontalface_defualt'], /frontalface_default/],
    [['detect', photo, '--cascade', notXml], /cascade/i],
    [['detect', photo, '--cascade', join(folder, 'none.xml')], /none\.xml/],
    [['detect', photo, '--scale-factor', '0.5'], /greater than 1/],
    [['detect', photo, '--threads', '0'], /an integer between 1 and 64 for --threads/],
    [['detect', photo, '--threads', '2', '--engine', 'opencv'], /the engine opencv runs on one thread/],
    [['capture', '--source', 'demo', '--threads', '2', '--engine', 'opencv'], /runs on one thread/],
    [['detect'], /at least one image/],
    [['capture', '--source', 'demo', '--name', 'a/b'], /--name/],
    [['capture', '--source', 'demo', '--broker', 'tcp://127.0.0.1'], /mqtt:\/\//],
    [['capture', '--source', 'demo', '--broker', `mqtt//u:${secret}@host`], /mqtt:\/\//],
    [['capture', '--source', 'demo', '--topic', 'facepipe/+/faces', '--frames', '1'], /facepipe\/\+\/faces/],
    [['forward', '--to', 'mqtt://127.0.0.1:1', '--to-topic', 'a/#'], /a\/#/],
    [['forward', '--from', 'mqtt://127.0.0.1:1', '--to', 'mqtt://127.0.0.1:1'], /feed itself/],
    [['sink', '--store', 'ftp://bucket'], /s3:\/\//],
    [['sink', '--store', 's3://'], /s3:\/\//],
    [['sink', '--store', pathToFileURL(folder).href, '--key', 'no-id'], /\{id\}/],
    [['sink', '--store', pathToFileURL(folder).href, '--dead-letter', 'facepipe/{device}/faces'], /dead/],
    [['broker', '--host', '0.0.0.0'], /password/],
    [['demo', '--data', join(file('plain.txt', 'x'), 'inside')], /--data/],
  ];
  for (const [args, says] of cases) refused(await facepipe(args), 2, says);
});

test('sources that are not there, empty or not images end with 3', async () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const text = file('text.png', 'this is no picture\n');
  const huge = file('huge.png', await hugePng());
  const truncated = file('truncated.jpg', readFileSync(join(photos, 'grace_hopper.jpg')).subarray(0, 30_000));
  const cases: [string, RegExp][] = [
    [join(folder, 'nowhere.jpg'), /nowhere\.jpg/],
    [join(folder, '*.nothing'), /nothing/],
    [empty, /empty/],
    [text, /text\.png/],
    [huge, /30000/],
    [truncated, /truncated\.jpg/],
    ['v4l2:/dev/video77', /camera \/dev\/video77/],
  ];
  for (const [source, says] of cases) {
    refused(await facepipe(['capture', '--source', source]), 3, says);
  }
  for (const source of [text, huge, truncated]) refused(await facepipe(['detect', source]), 3, /FACEPIPE_E_/);
});

const cameras = readdirSync('/dev').filter((name) => /^video\d+$/.test(name));

test('without a camera capture ends with 3 and plays nothing', {
  skip: cameras.length > 0 && `there is a camera at /dev/${cameras[0]}`,
}, async () => {
  const bucket = join(folder, 'no-camera');
  for (const more of [[], ['--json'], ['--duration', '2s']]) {
    const outcome = await facepipe(['capture', '--frames', '3', '--spool', bucket, ...more]);
    assert.equal(outcome.code, 3, outcome.stderr);
    assert.match(outcome.stderr, /There is no camera here, and no --source was given\. .*--source/);
    assert.doesNotMatch(outcome.stderr, /^\s+at /m);
    assert.equal(outcome.stdout, '', 'no totals: nothing was captured');
  }
  assert.ok(!existsSync(bucket), 'no face was kept');
  // the demo has something to show, and a scene that is asked for is played
  const data = join(folder, 'demo-data');
  assert.match(
    (await facepipe(['demo', '--frames', '1', '--data', data])).stderr,
    /playing the built-in demo scene/,
  );
  const asked = [
    'capture',
    '--source',
    'demo',
    '--frames',
    '1',
    '--broker',
    `mqtt://127.0.0.1:${await freePort()}`,
  ];
  assert.match((await facepipe(asked)).stdout, /^frames 1,/m);
});

async function hugePng(): Promise<Buffer> {
  const create = { width: 30_000, height: 30_000, channels: 3, background: '#888' } as const;
  return sharp({ create, limitInputPixels: false }).png({ compressionLevel: 9 }).toBuffer();
}

test('a broken picture among good ones is named, and the good ones are done', async () => {
  const bad = file('broken.png', 'nothing of the kind');
  const good = join(photos, 'astronaut.png');
  const outcome = await facepipe(['detect', good, bad, good, '--json']);
  refused(outcome, 3, /broken\.png/);
  assert.equal(outcome.stdout.trim().split('\n').length, 2);
});

test('a broker that is not there ends a log with 4', async () => {
  const url = `mqtt://user:${secret}@127.0.0.1:${await freePort()}`;
  refused(await facepipe(['log', '--broker', url]), 4, /127\.0\.0\.1/);
});

test('a wrong password ends with 4 and is not shown', { skip: mosquittoMissing }, async (t) => {
  const broker = await startMosquitto({ passwords: { door: 'right' } });
  t.after(() => broker.stop());
  const password = file('password', `${secret}\n`);
  const login = ['--broker', broker.url, '--username', 'door'];
  refused(
    await facepipe(['log', ...login, '--password-file', password]),
    4,
    /user name|password|credentials/i,
  );
  const warned = await facepipe(['log', ...login, '--password', secret]);
  refused(warned, 4, /--password-file/);
  const capture = ['capture', '--source', 'demo', ...login, '--password-file', password];
  refused(await facepipe(capture), 4, /user name|password|credentials/i);
  refused(
    await facepipe(['log', '--broker', broker.url.replace('//', `//door:${secret}@`)]),
    4,
    /password|credentials/i,
  );
  const right = start(['log', ...login, '--password-file', file('right', 'right\n')]);
  await right.line(/connected/);
  assert.equal((await right.stop()).code, 143);
});

test('a store that is not there ends with 5', async (t) => {
  const broker = start(['broker', '--port', '0', '--data', join(folder, 'broker')]);
  t.after(() => broker.stop());
  const url = /mqtt:\/\/[^ ,]+/.exec(await broker.line(/listens/))?.[0] ?? '';
  const sink = (store: string, ...more: string[]) => [
    'sink',
    '--broker',
    url,
    '--port',
    '0',
    '--store',
    store,
    ...more,
  ];
  const none = {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_PROFILE: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: folder,
  };
  const unreachable = ['--endpoint', `http://127.0.0.1:${await freePort()}`];
  refused(await facepipe(sink(pathToFileURL(file('not-a-folder', '')).href)), 5, /not-a-folder/);
  refused(await facepipe(sink('s3://bucket', ...unreachable), { env: none }), 5, /credentials/);
  const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: 'us-east-1' };
  refused(await facepipe(sink('s3://bucket', ...unreachable), { env: keys }), 5, /127\.0\.0\.1/);
});

const s3 = stores.find(({ name }) => name === 'S3');
test('a bucket that does not exist and a wrong secret end with 5', { skip: s3?.missing }, async (t) => {
  assert.ok(s3);
  const bucket = await s3.open();
  t.after(() => bucket.close());
  const broker = start(['broker', '--port', '0', '--data', join(folder, 'broker-s3')]);
  t.after(() => broker.stop());
  const url = /mqtt:\/\/[^ ,]+/.exec(await broker.line(/listens/))?.[0] ?? '';
  const sink = (store: string, env: Record<string, string>) =>
    facepipe(['sink', '--broker', url, '--port', '0', '--store', store, ...bucket.flags], {
      env: { ...bucket.env, ...env },
    });
  refused(await sink('s3://no-such-bucket-here', {}), 5, /no-such-bucket-here/);
  refused(await sink(bucket.url, { AWS_SECRET_ACCESS_KEY: secret }), 5, /credentials|denied|refused/i);
});

test('a second capture on the same spool is refused', async (t) => {
  const spool = join(folder, 'spool');
  const args = ['capture', '--source', 'demo', '--broker', 'mqtt://127.0.0.1:1', '--spool', spool];
  const first = start(args);
  t.after(() => first.stop());
  await first.line(/looking for faces/);
  refused(await facepipe(args), 2, /in use by another capture/);
  refused(await facepipe([...args.slice(0, -1), folder]), 2, /is not a spool/);
  refused(await facepipe([...args.slice(0, -1), file('no-folder', '')]), 2, /cannot be kept in/);
});

test('SIGINT drains: totals agree, and what is in the folder is what was captured', async () => {
  const data = join(folder, 'demo');
  const demo = start(['demo', '--data', data, '--json']);
  await until('some faces are stored', () => existsSync(data) && objectsIn(data).length > 0);
  demo.child.kill('SIGINT');
  const { code, stdout, stderr } = await demo.stop('SIGINT');
  assert.equal(code, 130, stderr);
  const totals = JSON.parse(stdout.trim());
  assert.ok(totals.captured > 0);
  assert.deepEqual(
    [totals.published, totals.forwarded, totals.stored, totals.duplicates, totals.lost],
    [totals.captured, totals.captured, totals.captured, 0, 0],
  );
});
