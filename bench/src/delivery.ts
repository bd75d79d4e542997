import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStore, startSink } from '@facepipe/cloud';
import { connect, type OutgoingMessage } from '@facepipe/wire';
import { startBroker, startForwarder } from 'facepipe';
import { faceMessages, kilobytesOf } from './face-messages.js';
import { machine } from './machine.js';

// node dist/delivery.js [--short]: faces a second from a publisher to the store, every part in one process.

const faces = process.argv.includes('--short') ? 300 : 3000;

async function deliver(batch: readonly OutgoingMessage[]): Promise<{ seconds: number; stored: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-bench-'));
  const edge = await startBroker({ host: '127.0.0.1', port: 0 });
  const cloud = await startBroker({ host: '127.0.0.1', port: 0 });
  const store = openStore(pathToFileURL(folder).href);
  const sink = await startSink({
    link: { url: cloud.url, clientId: 'bench-sink' },
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
  const start = performance.now();
  await Promise.all(batch.map((message) => link.publish(message)));
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
const batch = await faceMessages(faces);
const kilobytes = kilobytesOf(batch);
const { seconds, stored } = await deliver(batch);
console.log(
  `\npublisher → broker → forwarder → broker → sink → folder, one process, ${kilobytes.toFixed(1)} kB a face`,
);
console.log('| faces | stored | seconds | faces a second |\n|---|---|---|---|');
console.log(`| ${batch.length} | ${stored} | ${seconds.toFixed(2)} | ${(stored / seconds).toFixed(0)} |`);
