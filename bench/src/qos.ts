import { setTimeout as sleep } from 'node:timers/promises';
import { mosquittoMissing, startCable, startMosquitto, until } from '@facepipe/test';
import { connect, type Link, type OutgoingMessage, type QoS } from '@facepipe/wire';
import { startDelay } from './delay.js';
import { faceMessages, kilobytesOf } from './face-messages.js';
import { machine } from './machine.js';
import { median } from './median.js';
import { table } from './table.js';

// node dist/qos.js [--short]: QoS 0, 1 and 2 from a publisher to mosquitto, over a link that is cut again and again

const short = process.argv.includes('--short');
/** Of the run over the cut link: faces a second, as from several cameras, and how often the link is cut. */
const pace = 200;
const seconds = short ? 25 : 60;
/** ms; a link that breaks within 10 s waits longer and longer before it connects again. */
const cutEvery = 11_000;
/** ms for which bytes vanish before the link breaks, in one direction and the next time in the other. */
const silence = 150;
const roundTrip = 25;
/** Faces of the runs as fast as they go. */
const fast = short ? 500 : 3000;

interface Outcome {
  sent: number;
  received: number;
  duplicates: number;
}

/** Publishes as capture does: what was not acknowledged again, of QoS 0 once. */
async function deliver(link: Link, message: OutgoingMessage): Promise<void> {
  for (;;) {
    try {
      await link.publish(message);
      return;
    } catch {
      if (message.qos === 0) return;
    }
  }
}

async function withPublisher<T>(
  port: number,
  broker: { url: string },
  work: (link: Link, received: () => readonly string[]) => Promise<T>,
): Promise<T> {
  const ids: string[] = [];
  const listener = await connect({ url: broker.url });
  await listener.subscribe('facepipe/+/faces', async ({ userProperties }) => {
    ids.push(userProperties.id ?? '');
  });
  const link = await connect({ url: `mqtt://127.0.0.1:${port}`, clientId: 'publisher', clean: false });
  try {
    return await work(link, () => ids);
  } finally {
    await link.close();
    await listener.close();
  }
}

/** Over a link that is cut every second, at the pace of cameras. */
async function cut(qos: QoS, batch: readonly OutgoingMessage[]): Promise<Outcome> {
  const broker = await startMosquitto({ config: ['max_queued_messages 0'] });
  const cable = await startCable(broker.port);
  try {
    return await withPublisher(cable.port, broker, async (link, received) => {
      const stop = new AbortController();
      const cutting = (async () => {
        for (let n = 0; !stop.signal.aborted; n++) {
          await sleep(cutEvery - silence);
          cable.withhold(n % 2 === 0 ? 'toServer' : 'toClient');
          await sleep(silence);
          cable.cut();
        }
      })();
      const start = performance.now();
      const publishing: Promise<void>[] = [];
      for (const [n, message] of batch.entries()) {
        const due = start + (n * 1000) / pace - performance.now();
        if (due > 0) await sleep(due);
        publishing.push(deliver(link, { ...message, qos }));
      }
      await Promise.all(publishing).finally(() => stop.abort());
      await cutting;
      // a last message of QoS 1 comes behind all others
      await until('the link is back', () => link.connected);
      await link.publish({
        topic: 'facepipe/end/faces',
        payload: Buffer.from('x'),
        userProperties: { id: 'end' },
      });
      await until('the end came', () => received().includes('end'));
      const ids = received().filter((id) => id !== 'end');
      const different = new Set(ids).size;
      return { sent: batch.length, received: different, duplicates: ids.length - different };
    });
  } finally {
    await cable.close();
    await broker.stop();
  }
}

/** Faces a second as fast as they go, 64 unanswered at a time. */
async function speed(qos: QoS, batch: readonly OutgoingMessage[], delay: number): Promise<number> {
  const broker = await startMosquitto({ config: ['max_queued_messages 0', 'max_inflight_messages 0'] });
  const line = await startDelay({ host: '127.0.0.1', port: broker.port }, delay);
  try {
    return await withPublisher(line.port, broker, async (link, received) => {
      const start = performance.now();
      await Promise.all(batch.map((message) => deliver(link, { ...message, qos })));
      await until('all came', () => received().length >= batch.length, 120);
      return (batch.length / (performance.now() - start)) * 1000;
    });
  } finally {
    await line.close();
    await broker.stop();
  }
}

if (mosquittoMissing) console.log(`QoS: not measured: ${mosquittoMissing}`);
else {
  const batch = await faceMessages(pace * seconds);
  const size = kilobytesOf(batch).toFixed(1);
  const rows: (string | number)[][] = [];
  for (const qos of [0, 1, 2] as const) {
    const { sent, received, duplicates } = await cut(qos, batch);
    const rates: number[] = [];
    for (const delay of [0, roundTrip]) {
      const rounds: number[] = [];
      for (let round = 0; round < 3; round++) rounds.push(await speed(qos, batch.slice(0, fast), delay));
      rates.push(Math.round(median(rounds)));
    }
    rows.push([`QoS ${qos}`, sent, received, sent - received, duplicates, ...rates]);
  }
  console.log(
    [
      `${machine()}; mosquitto; faces of ${size} kB; the first four columns at ${pace} faces a second over a link that is`,
      `cut every ${cutEvery / 1000} s after ${silence} ms in which bytes vanish, in one direction and the next time in the other; 64 unanswered at a time.`,
      '',
      table(['', 'sent', 'received', 'lost', 'duplicates', 'faces/s', `faces/s, ${roundTrip} ms away`], rows),
    ].join('\n'),
  );
}
