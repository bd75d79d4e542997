import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { readCascade } from '../dist/cascade-read.js';
import { type CascadeSource, createDetector, loadCascade } from '../dist/index.js';
import { oldXml } from './cascade-old.js';

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
  const wrong = Uint8Array.from(gzipped);
  wrong.fill(0, 1000, 2000);
  const refused: [Uint8Array, string][] = [
    [gzipped.subarray(0, 5000), 'it is gzipped, and damaged'],
    [wrong, 'it is gzipped, and damaged'],
    [Uint8Array.of(0x1f, 0x8b), 'it is gzipped, and damaged'],
    [gzipSync(new Uint8Array(2 ** 25 + 1)), 'it has more than 33554432 bytes'],
    [gzipSync('<page></page>'), 'its root is <page> and not <opencv_storage>'],
    [gzipSync(gzipped), 'it is not an XML document'],
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

/** The text in UTF-16, its lower bytes first or last. */
function utf16(text: string, isBigEndian: boolean): Uint8Array {
  const encoded = Buffer.from(text, 'utf16le');
  return isBigEndian ? encoded.swap16() : encoded;
}

test('a file may be in UTF-8 or UTF-16, with a byte order mark or without, in each of the two formats', async () => {
  const old = oldXml(readCascade(String(xml)));
  for (const [text, expected] of [
    [String(xml), bytes],
    [old, (await loadCascade(old)).bytes],
  ] as const) {
    const marked = `\ufeff${text}`;
    const files = [
      ...[
        Buffer.from(marked),
        utf16(marked, false),
        utf16(marked, true),
        utf16(text, false),
        utf16(text, true),
      ],
    ];
    for (const file of files) {
      for (const source of [file, gzipSync(file), new Blob([file]), new Response(gzipSync(file))])
        assert.deepEqual((await loadCascade(source)).bytes, expected);
    }
    for (const written of [marked, `\r\n\t${text}`, text.replaceAll('\n', '\r\n'), text.replaceAll('"', "'")])
      assert.deepEqual((await loadCascade(written)).bytes, expected);
  }
});

test('OpenCV’s file names may be written large, or with .gz', async () => {
  for (const written of ['Haarcascade_Eye.XML', 'haarcascade_eye.xml.gz', 'EYE'])
    assert.deepEqual(await loadCascade(written), { name: 'eye', bytes }, written);
});

test('a data: URL is read, and its data is no name', async () => {
  const url = new URL(`data:text/xml;base64,${gzipped.toString('base64')}`);
  assert.deepEqual(await loadCascade(url), { name: 'custom', bytes });
});

test('what is no cascade at all is refused with one sentence', async () => {
  const notXml = 'it is not an XML document';
  const page = 'it is a page of HTML and not the file';
  const refused: [CascadeSource, string, string][] = [
    [new Blob(['hello world']), 'of 11 bytes', notXml],
    [new Blob([]), 'of 0 bytes', 'it is empty'],
    [new File([Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)], 'face.jpg'), 'face.jpg', notXml],
    [deflateSync(xml), `of ${deflateSync(xml).length} bytes`, notXml],
    ['%YAML:1.0\n---\n', 'of 14 characters', notXml],
    [new Response('\n<!DOCTYPE HTML>\n<html>'), 'of a Response', page],
    [new Response('<HTML><body>404'), 'of a Response', page],
    [new Response(null, { status: 204 }), 'of a Response', 'it is empty'],
    [`<!DOCTYPE x>${xml}`, `of ${String(xml).length + 12} characters`, 'it is a document with a DOCTYPE'],
  ];
  for (const [source, called, problem] of refused) {
    await assert.rejects(loadCascade(source), {
      code: 'FACEPIPE_E_CASCADE_INVALID',
      message: `The cascade ${called} cannot be used: ${problem}. Give an XML file that OpenCV's CascadeClassifier loads, with HAAR or LBP features.`,
    });
  }
  const unreadable: [Response, string][] = [
    [new Response(xml, { status: 500 }), 'HTTP 500'],
    [Response.error(), 'it is an error or came from another origin without CORS'],
  ];
  for (const [response, reason] of unreadable) {
    await assert.rejects(loadCascade(response), {
      code: 'FACEPIPE_E_CASCADE_UNREADABLE',
      message: `The cascade of a Response cannot be read (${reason}). Check that the address is right and can be reached from here.`,
    });
  }
});
