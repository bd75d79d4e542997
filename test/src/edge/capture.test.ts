import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createDetector } from '@facepipe/core';
import { decodeImage } from '@facepipe/edge';
import { connect, decodeFace, decodeStatus, type IncomingMessage, type Status } from '@facepipe/wire';
import { brokers } from '../support/brokers.js';
import { facepipe, start } from '../support/program.js';
import { reading } from '../support/reading.js';
import { until } from '../support/until.js';

const photos = fileURLToPath(new URL('../../../packages/edge/photos/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'facepipe-capture-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The ids of the faces that come by a broker; with nobody to hear them, they would wait. */
async function listen(t: TestContext, url: string): Promise<Set<string>> {
  const link = await connect({ url });
  t.after(() => link.close());
  const ids = new Set<string>();
  await link.subscribe('facepipe/+/faces', async (message) => {
    ids.add((await decodeFace(message)).id);
  });
  return ids;
}

const totalsOf = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '');

test('a bare capture starts a broker and says how to watch; log shows each face', async () => {
  const capture = start(['capture', '--source', 'demo', '--name', 'сад 🌳']);
  const url =
    /--broker (mqtt:\/\/\S+)/.exec(await capture.line(/watch the faces with: npx facepipe log/))?.[1] ?? '';
  const log = start(['log', '--broker', url]);
  await log.line(/connected/);
  await until('a face was logged', () => log.child.exitCode === null && log.output().includes('face '));
  const { code, stdout } = await log.stop('SIGINT');
  assert.equal(code, 130);
  assert.match(
    stdout,
    /^сад 🌳 {2}face {4}\d{4}-\d\d-\d\dT[\d:]+Z {2}seq \d+ {2}\d+x\d+\+\d+\+\d+ {2}[0-9A-Z]{26}$/m,
  );
  const ended = await capture.stop('SIGINT');
  assert.equal(ended.code, 130, ended.stderr);
  assert.match(ended.stdout, /^frames \d+, captured \d+, published \d+, spooled 0, lost 0$/m);
});

for (const broker of brokers) {
  test(`status is retained and the will says offline, over ${broker.name}`, {
    skip: broker.missing,
  }, async (t) => {
    const running = await broker.start();
    t.after(() => running.stop());
    const link = await connect({ url: running.url });
    t.after(() => link.close());
    const states: Status[] = [];
    await link.subscribe('facepipe/door/status', async ({ payload }) => {
      const status = decodeStatus(payload);
      if (status) states.push(status);
    });
    const capture = start([
      'capture',
      '--source',
      'demo',
      '--broker',
      running.url,
      '--name',
      'door',
      '--port',
      '0',
      '--log-level',
      'info',
    ]);
    await capture.line(/looking for faces/);
    const port = /port (\d+)/.exec(await capture.line(/health and metrics/))?.[1];
    assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.match(metrics, /^facepipe_capture_frames_total \d+$/m);
    await until('it is online', () => states.some(({ state }) => state === 'online'));
    await until('it beats with its counts', () => states.some(({ totals }) => (totals.frames ?? 0) > 0));
    await capture.stop('SIGKILL');
    await until('the broker speaks its will', () => states.at(-1)?.state === 'offline');
    const again = start(['capture', '--source', 'demo', '--broker', running.url, '--name', 'door']);
    await again.line(/looking for faces/);
    assert.equal((await again.stop()).code, 143);
    await until('it says good-bye', () => states.at(-1)?.state === 'offline');
  });

  test(`faces wait for ${broker.name} to come back, and none is lost`, {
    skip: broker.missing,
    timeout: 300_000,
  }, async (t) => {
    const running = await broker.start();
    t.after(() => running.stop());
    const ids = await listen(t, running.url);
    const scene = ['capture', '--source', 'demo', '--send', 'every'];
    const capture = start([...scene, '--broker', running.url, '--port', '0', '--json']);
    t.after(() => capture.stop('SIGKILL'));
    await until('faces are published', async () => (await reading(capture, 'capture_published_total')) > 0);
    await running.crash();
    await until('faces wait', async () => (await reading(capture, 'spool_faces')) >= 10);
    await running.restart();
    await until('the spool is empty again', async () => (await reading(capture, 'spool_faces')) === 0);
    const { code, stdout, stderr } = await capture.stop();
    assert.equal(code, 143, stderr);
    const totals = totalsOf(stdout);
    assert.deepEqual([totals.published, totals.spooled, totals.lost], [totals.captured, 0, 0]);
    // what a broker acknowledged just before its crash may be gone with it: that is what --until stored is for
    assert.ok(ids.size > 0);
  });
}

test('every picture of a folder is looked at, and each face says where it was', async (t) => {
  for (const name of ['astronaut.png', 'grace_hopper.jpg', 'camera.png'])
    copyFileSync(join(photos, name), join(folder, name));
  writeFileSync(
    join(folder, 'truncated.jpg'),
    readFileSync(join(photos, 'grace_hopper.jpg')).subarray(0, 40_000),
  );
  const [broker] = brokers.filter(({ missing }) => !missing);
  assert.ok(broker);
  const running = await broker.start();
  t.after(() => running.stop());
  const link = await connect({ url: running.url });
  t.after(() => link.close());
  const messages: IncomingMessage[] = [];
  await link.subscribe('facepipe/pictures/faces', async (message) => {
    messages.push(message);
  });
  for (const format of ['png', 'jpeg', 'webp']) {
    messages.length = 0;
    const args = [
      '--source',
      folder,
      '--name',
      'pictures',
      '--broker',
      running.url,
      '--json',
      '--format',
      format,
    ];
    const { code, stdout, stderr } = await facepipe(['capture', ...args, '--padding', '0.2']);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /truncated\.jpg/);
    const delivered = { captured: 2, published: 2, spooled: 0, lost: 0 };
    assert.deepEqual(totalsOf(stdout), { frames: 3, corrupt: 1, ...delivered });
    await until('both faces have come', () => messages.length === 2);
    for (const message of messages) {
      const { facts, contentType, width } = await decodeFace(message);
      assert.ok(facts);
      assert.equal(contentType, `image/${format}`);
      assert.equal(facts.device, 'pictures');
      assert.match(facts.detector, /^frontalface_alt2 simd \d/);
      assert.equal(width, facts.box.width + 2 * Math.round(facts.box.width * 0.2));
    }
  }
});

test('a face says how sure the network was; with --verify off it is OpenCV’s, box and neighbours', async (t) => {
  const [broker] = brokers.filter(({ missing }) => !missing);
  assert.ok(broker);
  const running = await broker.start();
  t.after(() => running.stop());
  const link = await connect({ url: running.url });
  t.after(() => link.close());
  const messages: IncomingMessage[] = [];
  await link.subscribe('facepipe/one/faces', async (message) => {
    messages.push(message);
  });
  const photo = join(photos, 'astronaut.png');
  const look = async (...verify: string[]) => {
    messages.length = 0;
    const args = ['--source', photo, '--name', 'one', '--broker', running.url, ...verify];
    const { code, stderr } = await facepipe(['capture', ...args]);
    assert.equal(code, 0, stderr);
    await until('the face has come', () => messages.length === 1);
    const [message] = messages;
    if (!message) assert.fail('no message');
    const { facts } = await decodeFace(message);
    // the image alone says the same
    const alone = await decodeFace({ ...message, userProperties: {} });
    assert.deepEqual(alone.facts, facts);
    return { facts, stderr };
  };
  const sure = await look();
  assert.ok(sure.facts?.verify !== undefined && sure.facts.verify >= 0.5 && sure.facts.verify <= 1);
  assert.match(sure.facts.detector, /^frontalface_alt2 simd \d\S*, blaze/);
  assert.match(sure.stderr, /faces are found by frontalface_alt2 simd .*min neighbors 1, score 0\.5 or more/);
  const plain = await look('--verify', 'off');
  const detector = await createDetector({ cascade: 'frontalface_alt2' });
  t.after(() => detector.close());
  const expected = await detector.detect(await decodeImage(photo), { minNeighbors: 4, minSize: 30 });
  const { box, neighbors, verify, detector: text } = plain.facts ?? assert.fail('no facts');
  assert.deepEqual([{ ...box, neighbors }], expected);
  assert.equal(verify, undefined);
  assert.match(text, /^frontalface_alt2 simd \d[^,]*$/);
});

test('MJPEG on stdin: a truncated picture among good ones is counted, the others are captured', async (t) => {
  const [broker] = brokers.filter(({ missing }) => !missing);
  assert.ok(broker);
  const running = await broker.start();
  t.after(() => running.stop());
  const ids = await listen(t, running.url);
  const photo = readFileSync(join(photos, 'grace_hopper.jpg'));
  const input = Buffer.concat([photo, photo.subarray(0, 20_000), photo, photo]);
  const { code, stdout, stderr } = await facepipe(
    ['capture', '--source', '-', '--send', 'every', '--broker', running.url, '--json'],
    { input },
  );
  assert.equal(code, 0, stderr);
  assert.match(stderr, /skipped a picture after frame 1/);
  assert.deepEqual(totalsOf(stdout), { frames: 3, captured: 3, published: 3, spooled: 0, lost: 0 });
  await until('the three have come', () => ids.size === 3);
});
