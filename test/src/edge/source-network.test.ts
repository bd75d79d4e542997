import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { openSource } from '@facepipe/edge/source';
import sharp from 'sharp';
import { lastingSource } from '../../../packages/edge/dist/source/lasting.js';
import { newest } from '../../../packages/edge/dist/source/newest.js';
import { startRtsp } from '../support/rtsp.js';
import { allEnded, fails, never, photo, read, root, skip } from '../support/source-scene.js';
import { until } from '../support/until.js';

test('an HTTP camera behind a password is live, and is let go on abort', { skip }, async () => {
  const picture = await sharp(photo('astronaut.png')).resize(160).jpeg().toBuffer();
  let open = 0;
  const server = createHttpServer((request, response) => {
    if (request.headers.authorization !== `Basic ${Buffer.from('me:s3cret').toString('base64')}`) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="camera"' }).end();
      return;
    }
    open += 1;
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
    const timer = setInterval(() => {
      response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
      response.write(picture);
      response.write('\r\n');
    }, 20);
    response.on('close', () => {
      clearInterval(timer);
      open -= 1;
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const source = await openSource(`http://me:s3cret@127.0.0.1:${port}/video?key=s3cret`);
    assert.deepEqual([source.name, source.live], [`http://127.0.0.1:${port}/video`, true]);
    const abort = new AbortController();
    const frames = newest(source, abort.signal);
    let seen = 0;
    for await (const frame of frames) {
      assert.deepEqual([frame.width, frame.height], [160, 160]);
      if (++seen === 3) abort.abort();
    }
    assert.equal(seen, 3);
    await until('the connection is closed', () => open === 0);
    await fails(
      read(`http://me:wrong-s3cret@127.0.0.1:${port}/`),
      'FACEPIPE_E_SOURCE_LOGIN',
      3,
      /refuses the user name or the password \(401 Unauthorized\)/,
    );
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('broken pictures of an HTTP camera are counted and left out', { skip }, async () => {
  const good = await sharp(photo('astronaut.png')).resize(160).jpeg().toBuffer();
  const garbled = Buffer.from(good);
  const table = good.indexOf(Buffer.from([0xff, 0xc4]));
  garbled.fill(0xee, table + 4, table + 20);
  const broken = [good.subarray(0, good.length / 2), garbled];
  const server = createHttpServer((_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
    for (let number = 0; number < 40; number++) {
      const picture = (number % 10 === 9 && broken[(number >> 3) & 1]) || good;
      response.write(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
      response.write(picture);
      response.write('\r\n');
    }
    response.end('--frame--\r\n');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    // not live: every picture counts, and the end is the end
    const source = await openSource(url, { realtime: false });
    let seen = 0;
    for await (const _ of source.frames(never)) seen += 1;
    assert.deepEqual([seen, source.corrupt], [36, 4]);
  } finally {
    server.close();
  }
});

test('a stream that is silent from the start is given up, a refused one is told at once', {
  skip,
}, async () => {
  const server = createServer(() => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `rtsp://me:s3cret@127.0.0.1:${port}/`;
  const source = lastingSource(await openSource(url), { stall: 500 });
  const reading = async () => {
    for await (const _ of source.frames(never)) assert.fail('a frame');
  };
  try {
    await fails(reading(), 'FACEPIPE_E_SOURCE_STALLED', 3, /sent nothing for 15 seconds/);
    await allEnded();
  } finally {
    server.close();
  }
  for (const [protocol, code] of [
    ['rtsp', 'FACEPIPE_E_FFMPEG_FAILED'],
    ['http', 'FACEPIPE_E_SOURCE_HTTP'],
  ] as const) {
    await fails(read(`${protocol}://me:s3cret@127.0.0.1:1/x`), code, 3, /Connection refused/);
  }
});

test('an RTSP camera is read over TCP', { skip }, async () => {
  const camera = await startRtsp(root);
  try {
    const frames = await read(`rtsp://me:s3cret@127.0.0.1:${camera.port}/live`, {}, 3);
    assert.deepEqual(
      frames.map(({ width, height, number }) => [width, height, number]),
      [1, 2, 3].map((number) => [160, 120, number]),
    );
    assert.match(camera.transport(), /RTP\/AVP\/TCP/);
  } finally {
    camera.close();
  }
});
