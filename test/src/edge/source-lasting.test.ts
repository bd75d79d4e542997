import assert from 'node:assert/strict';
import { copyFile, rename, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect, decodeStatus, type Status } from '@facepipe/wire';
import { startAedes } from '../support/brokers.js';
import { cameraKinds } from '../support/camera-server.js';
import { facepipe, freshFolder, start } from '../support/program.js';
import { reading } from '../support/reading.js';
import { until } from '../support/until.js';

for (const kind of cameraKinds) {
  test(`a camera that sends ${kind.name} dies, returns, falls silent and returns`, {
    skip: kind.missing ?? false,
    timeout: 300_000,
  }, async (t) => {
    const broker = await startAedes();
    t.after(() => broker.stop());
    const link = await connect({ url: broker.url });
    t.after(() => link.close());
    let status: Status | undefined;
    await link.subscribe('facepipe/gate/status', async ({ payload }) => {
      status = decodeStatus(payload);
    });
    const camera = await kind.open();
    t.after(() => camera.send('SIGKILL'));
    await camera.start();
    const capture = start([
      ...['capture', '--source', camera.url, '--name', 'gate', '--broker', broker.url],
      ...['--stall-timeout', '1s', '--port', '0'],
    ]);
    t.after(() => capture.stop('SIGKILL'));
    const port = /port (\d+)/.exec(await capture.line(/health and metrics/))?.[1];
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, text: await response.text() };
    };
    const metric = async (name: string) =>
      Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await get('/metrics')).text)?.[1] ?? Number.NaN);
    const frames = () => metric('facepipe_capture_frames_total');
    const comesBack = async (restarts: number) => {
      await until('it is online', () => status?.state === 'online');
      assert.equal((await get('/readyz')).status, 200);
      assert.equal(await metric('facepipe_source_up'), 1);
      assert.equal(await metric('facepipe_source_restarts_total'), restarts);
      const seen = await frames();
      await until('frames come again', async () => (await frames()) > seen);
    };
    await until('frames come', async () => (await frames()) > 0);

    await camera.send('SIGKILL');
    await until('it is offline', () => status?.state === 'offline');
    assert.match(status?.reason ?? '', /127\.0\.0\.1:\d+\/camera/);
    assert.equal(await metric('facepipe_source_up'), 0);
    const ready = await get('/readyz');
    assert.deepEqual([ready.status, ready.text.trim()], [503, status?.reason]);
    // a capture whose camera is away is one at work
    const twin = start(['capture', '--source', 'demo', '--name', 'gate', '--broker', broker.url, '--quiet']);
    await twin.line(/Another capture says at \S+ that it is gate/);
    const { code: other, stderr: said } = await twin.stop();
    assert.equal(other, 143, said);
    await until('the first says again why it is away', () => status?.reason !== undefined);
    await camera.start();
    await comesBack(1);

    const stalls = await metric('facepipe_source_stalls_total');
    await camera.send('SIGSTOP');
    await until('it is offline again', () => status?.state === 'offline');
    assert.match(status?.reason ?? '', /sent nothing for 1 seconds/);
    assert.ok((await metric('facepipe_source_stalls_total')) > stalls);
    await camera.send('SIGKILL');
    await camera.start();
    await comesBack(2);

    const { code, stderr } = await capture.stop();
    assert.equal(code, 143, stderr);
    t.diagnostic(capture.lines.filter((line) => /is back after/.test(line)).join('\n'));
    assert.equal(capture.lines.filter((line) => /is opened again until/.test(line)).length, 2, stderr);
    assert.equal(capture.lines.filter((line) => /is back after/.test(line)).length, 2, stderr);
    await until('it says good-bye', () => status?.state === 'offline' && status.reason === undefined);
  });

  test(`a camera that sends ${kind.name} and is not there at the start ends in exit 3`, {
    skip: kind.missing ?? false,
  }, async () => {
    const { url } = await kind.open();
    const { code, stderr } = await facepipe(['capture', '--source', url, '--log-level', 'error', '--quiet']);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /Connection refused/);
  });
}

const skip = process.platform === 'linux' ? false : 'node-webcam runs fswebcam on Linux only';

/** A capture of a webcam whose fswebcam is a script, which is replaced by another while it may be running. */
async function webcam(t: TestContext, stall: string) {
  const folder = freshFolder('facepipe-webcam-');
  await copyFile(
    fileURLToPath(new URL('../../../packages/edge/photos/grace_hopper.jpg', import.meta.url)),
    join(folder, 'shot.jpg'),
  );
  const behave = async (how: string) => {
    const next = join(folder, 'next');
    await writeFile(next, `#!/bin/sh\nfor file; do :; done\n${how}\n`, { mode: 0o755 });
    await rename(next, join(folder, 'fswebcam'));
  };
  const shoot = () => behave(`cp ${folder}/shot.jpg "$file"`);
  await shoot();
  const capture = start(['capture', '--source', 'webcam', '--port', '0', '--stall-timeout', stall], {
    env: { PATH: `${folder}${delimiter}${process.env.PATH}` },
  });
  t.after(() => capture.stop('SIGKILL'));
  await until('a frame was taken', async () => (await reading(capture, 'capture_frames_total')) > 0);
  const said = () =>
    capture.lines.flatMap((line) => /is opened again(?= until)|is back(?= after)/.exec(line)?.[0] ?? []);
  return {
    capture,
    behave,
    /** Lets it work, and waits until that shows; a machine with much else to do may take it for silent now and then. */
    fix: async () => {
      await shoot();
      await until('it is back', () => said().at(-1) === 'is back');
    },
    /** Stops it: each time it was away it said so once, however many attempts followed. */
    end: async () => {
      const { code, stderr } = await capture.stop();
      assert.equal(code, 143, stderr);
      for (const [index, what] of said().entries()) {
        assert.equal(what, index % 2 === 0 ? 'is opened again' : 'is back', stderr);
      }
    },
  };
}

test('a webcam whose program hangs is waited for (with a stand-in for fswebcam)', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { capture, behave, fix, end } = await webcam(t, '1s');
  await behave('exec sleep 60');
  await capture.line(/webcam sent nothing for 1 seconds.* opened again/);
  await fix();
  await end();
});

test('a webcam whose program leaves no picture is waited for (with a stand-in for fswebcam)', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const { capture, behave, fix, end } = await webcam(t, '60s');
  await behave('exit 0');
  await capture.line(/No picture came from webcam in 5 attempts.* opened again/);
  await fix();
  await end();
});
