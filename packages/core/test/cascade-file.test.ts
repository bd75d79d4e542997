import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type CascadeSource, createDetector, loadCascade } from '../dist/index.js';

const name = 'haarcascade_eye.xml';
const xml = readFileSync(new URL(`../../../models/${name}`, import.meta.url));
const gzipped = gzipSync(xml);
const { bytes } = await loadCascade(xml);

test('a cascade is taken as a Blob, a File and a Response, gzipped or not', async () => {
  const sources: [CascadeSource, string][] = [
    [new Blob([xml]), 'custom'],
    [new Blob([xml.subarray(0, 500), xml.subarray(500)], { type: 'text/xml' }), 'custom'],
    [new Blob([gzipped]), 'custom'],
    [new File([xml], name), 'haarcascade_eye'],
    [new File([gzipped], `${name}.GZ`), 'haarcascade_eye'],
    [new File([bytes], 'mine.cascade'), 'mine'],
    [new File([gzipped], 'mine'), 'mine'],
    [new File([gzipped], '.xml.gz'), 'custom'],
    [new Response(xml), 'custom'],
    [new Response(gzipped), 'custom'],
    [gzipped, 'custom'],
    [new Uint8Array(gzipped).buffer, 'custom'],
    [gzipSync(bytes), 'custom'],
  ];
  for (const [source, called] of sources)
    assert.deepEqual(await loadCascade(source), { name: called, bytes });
});

test('what a server gives is named after its address, as a URL and as a Response', async (t) => {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/none')) response.writeHead(404);
    response.end(request.url?.includes('.gz') ? gzipped : xml);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const path of ['eyes.xml', 'eyes.xml.gz?v=2', 'eyes.gz', 'eyes']) {
    const url = new URL(`${base}/${path}`);
    assert.deepEqual(await loadCascade(url), { name: 'eyes', bytes }, path);
    assert.deepEqual(await loadCascade(await fetch(url)), { name: 'eyes', bytes }, path);
  }
  await assert.rejects(loadCascade(await fetch(`${base}/none.xml?token=s3cret`)), {
    code: 'FACEPIPE_E_CASCADE_UNREADABLE',
    message: `The cascade ${base}/none.xml cannot be read (HTTP 404). Check that the address is right and can be reached from here.`,
  });
  const read = await fetch(`${base}/eyes.xml`);
  await read.text();
  await assert.rejects(loadCascade(read), {
    code: 'FACEPIPE_E_CASCADE_UNREADABLE',
    message: /^The cascade http:\S+eyes\.xml cannot be read \(Body is unusable[^)]*\)\. /,
  });
});

test('a detector takes OpenCV’s own file name, and what a page or a disk has of the file', async () => {
  for (const cascade of [name, new File([gzipped], name), new Response(xml), String(xml)]) {
    const detector = await createDetector({ cascade, worker: cascade === name });
    assert.deepEqual(detector.window, { width: 20, height: 20 });
    await detector.close();
  }
});

test('gzip that is damaged, cut off or a bomb is refused', async () => {
  const wrong = gzipped.slice();
  wrong.fill(0, 1000, 2000);
  const refused: [Uint8Array, string][] = [
    [gzipped.subarray(0, 5000), 'it is gzipped, and damaged'],
    [wrong, 'it is gzipped, and damaged'],
    [Uint8Array.of(0x1f, 0x8b), 'it is gzipped, and damaged'],
    [gzipSync(new Uint8Array(2 ** 25 + 1)), 'it has more than 33554432 bytes'],
    [gzipSync('<html></html>'), 'its root is <html> and not <opencv_storage>'],
    [gzipSync(gzipped), 'line 1 is not XML that OpenCV reads'],
  ];
  for (const [file, problem] of refused) {
    await assert.rejects(loadCascade(file), ({ code, message }) => {
      assert.equal(code, 'FACEPIPE_E_CASCADE_INVALID');
      assert.ok(
        message.startsWith(`The cascade of ${file.length} bytes cannot be used: ${problem}`),
        message,
      );
      return true;
    });
  }
  const many = new Blob([new Uint8Array(2 ** 25 + 1)]);
  await assert.rejects(loadCascade(many), { code: 'FACEPIPE_E_CASCADE_INVALID' });
});
