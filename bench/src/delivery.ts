import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStore, startSink } from '@facepipe/cloud';
import {
  connect,
  encodeFace,
  encodeImage,
  type FaceFacts,
  newId,
  type OutgoingMessage,
} from '@facepipe/wire';
import { decodeImage, Publisher, startBroker, startForwarder } from 'facepipe';
import { machine } from './machine.js';

// node dist/delivery.js [--short]: faces a second from a publisher to the store, every part in one process.

const faces = process.argv.includes('--short') ? 300 : 3000;
const photo = new URL('../../packages/cli/photos/astronaut.png', import.meta.url).pathname;

/** One face as a camera gives it, 160 pixels wide; each message gets facts of its own. */
async function messages(): Promise<OutgoingMessage[]> {
  const picture = await decodeImage(photo);
  const side = 160;
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const start = ((y + 60) * picture.width + 170) * 3;
    data.set(picture.data.subarray(start, start + side * 3), y * side * 3);
  }
  const box = { x: 170, y: 60, width: side, height: side };
  const made: OutgoingMessage[] = [];
  const stream = newId();
  for (let seq = 1; seq <= faces; seq++) {
    const facts: FaceFacts = {
      id: newId(),
      device: 'bench',
      stream,
      seq,
      captured: new Date(),
      frame: seq,
      frameSize: { width: picture.width, height: picture.height },
      box,
      neighbors: 5,
      detector: 'bench',
    };
    const image = await encodeImage({ data, width: side, height: side, channels: 3 }, facts, {
      format: 'jpeg',
      quality: 90,
    });
    made.push(encodeFace('facepipe/bench/faces', facts, image, 'image/jpeg'));
  }
  return made;
}

async function deliver(batch: readonly OutgoingMessage[]): Promise<{ seconds: number; stored: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-bench-'));
  const edge = await startBroker({ host: '127.0.0.1', port: 0 });
  const cloud = await startBroker({ host: '127.0.0.1', port: 0 });
  const store = openStore(pathToFileURL(folder).href);
  const sink = await startSink({
    link: { url: cloud.url },
    topic: 'cloud/+/faces',
    store,
    key: '{device}/{yyyy}/{mm}/{dd}/{id}.{ext}',
    concurrency: 64,
    deadLetter: 'facepipe/{device}/dead',
  });
  const forwarder = await startForwarder(
    {
      from: { url: edge.url, clientId: 'bench' },
      to: { url: cloud.url, clientId: 'bench' },
      fromTopic: 'facepipe/+/faces',
      toTopic: 'cloud/{device}/faces',
      qos: 1,
    },
    new AbortController().signal,
  );
  const link = await connect({ url: edge.url });
  const publisher = new Publisher({ links: [link] });
  const never = new AbortController().signal;
  const start = performance.now();
  for (const message of batch) await publisher.add(message, never);
  while (sink.totals.stored < batch.length) await new Promise((resolve) => setTimeout(resolve, 2));
  const seconds = (performance.now() - start) / 1000;
  const { stored } = sink.totals;
  await link.close();
  await forwarder.stop();
  await sink.stop();
  await store.close();
  await edge.close();
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
  return { seconds, stored };
}

console.log(machine());
const batch = await messages();
const kilobytes = batch.reduce((sum, { payload }) => sum + payload.length, 0) / batch.length / 1000;
const { seconds, stored } = await deliver(batch);
console.log(
  `\npublisher → broker → forwarder → broker → sink → folder, one process, ${kilobytes.toFixed(1)} kB a face`,
);
console.log('| faces | stored | seconds | faces a second |\n|---|---|---|---|');
console.log(`| ${batch.length} | ${stored} | ${seconds.toFixed(2)} | ${(stored / seconds).toFixed(0)} |`);
