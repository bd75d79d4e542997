import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { mosquittoMissing, startMosquitto, until } from '@facepipe/test';
import { connect } from '@facepipe/wire';
import { faceMessages } from './face-messages.js';
import { machine } from './machine.js';
import { table } from './table.js';
import { usageOf } from './usage.js';

// node dist/group.js: how many faces a second one broker hands to a group. Its members do nothing with them
// (mosquitto_sub), so that the broker is what is measured.

const faces = 10_000;
const group = (members: number) => `$share/group${members}/facepipe/+/faces`;

if (mosquittoMissing) {
  console.log(`group: not measured: ${mosquittoMissing}`);
  process.exit();
}
console.log(machine());
const broker = await startMosquitto({ config: ['max_queued_messages 0'] });
const { pid } = broker;
if (pid === undefined) throw new Error('mosquitto does not run');
const rows: string[][] = [];
for (const side of [160, 256]) {
  const batch = await faceMessages(500, side);
  const kilobytes = batch.reduce((sum, { payload }) => sum + payload.length, 0) / batch.length / 1000;
  for (const members of [1, 4, 16]) {
    const received: number[] = [];
    const started: ChildProcess[] = [];
    for (let member = 0; member < members; member++) {
      const { port } = new URL(broker.url);
      // stdbuf, as it says something to a pipe only when its buffer is full
      const flags = [
        '-oL',
        'mosquitto_sub',
        '-V',
        '5',
        '-p',
        port,
        '-q',
        '1',
        '-t',
        group(members),
        '-d',
        '-F',
        'face',
      ];
      const child = spawn('stdbuf', flags, { stdio: ['ignore', 'pipe', 'inherit'] });
      received.push(0);
      const lines = createInterface({ input: child.stdout });
      let subscribed = false;
      lines.on('line', (line) => {
        if (line === 'face') received[member] = (received[member] ?? 0) + 1;
        subscribed ||= line.startsWith('Subscribed');
      });
      await until('a member is subscribed', () => subscribed);
      started.push(child);
    }
    const link = await connect({ url: broker.url });
    const before = usageOf(pid).cpu;
    const start = performance.now();
    for (let sent = 0; sent < faces; sent += batch.length)
      await Promise.all(batch.map((message) => link.publish(message)));
    await until('all have come', () => received.reduce((sum, one) => sum + one, 0) >= faces, 300);
    const seconds = (performance.now() - start) / 1000;
    const cpu = usageOf(pid).cpu - before;
    await link.close();
    for (const child of started) child.kill();
    rows.push([
      `${members}`,
      kilobytes.toFixed(1),
      (faces / seconds).toFixed(0),
      `${((cpu / seconds) * 100).toFixed(0)} %`,
      (faces / cpu).toFixed(0),
      `${Math.min(...received)} to ${Math.max(...received)}`,
    ]);
  }
}
await broker.stop();
const head = [
  'members',
  'kB a face',
  'faces a second',
  'of a core',
  'faces a second of a core',
  'each member',
];
console.log(table(head, rows));
process.exit();
