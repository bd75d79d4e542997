import { mosquittoClientsMissing, mosquittoMissing, startMosquitto, until } from '@facepipe/test';
import { connect } from '@facepipe/wire';
import { listen } from './capacity-program.js';
import { faceMessages, kilobytesOf } from './face-messages.js';
import { machine } from './machine.js';
import { table } from './table.js';
import { usageOf } from './usage.js';

// node dist/group.js: how many faces a second one broker hands to a group. Its members do nothing with them
// (mosquitto_sub), so that the broker is what is measured.

const faces = 10_000;

/** A row of the table: a broker of its own, as its sessions outlive their members. */
async function measure(members: number, side: number): Promise<string[]> {
  const broker = await startMosquitto({ config: ['max_queued_messages 0'] });
  const { pid, port } = broker;
  if (pid === undefined) throw new Error('mosquitto does not run');
  const names = Array.from({ length: members }, (_, member) => `member${member}`);
  const group = await Promise.all(names.map((name) => listen(port, '$share/group/facepipe/+/faces', name)));
  const received = () => group.map(({ lines }) => lines);
  const batch = await faceMessages(500, side);
  const link = await connect({ url: broker.url });
  const before = usageOf(pid).cpu;
  const start = performance.now();
  for (let sent = 0; sent < faces; sent += batch.length)
    await Promise.all(batch.map((message) => link.publish(message)));
  await until('all have come', () => received().reduce((sum, one) => sum + one, 0) >= faces, 300);
  const seconds = (performance.now() - start) / 1000;
  const cpu = usageOf(pid).cpu - before;
  await link.close();
  await Promise.all(group.map((member) => member.stop()));
  await broker.stop();
  const kilobytes = kilobytesOf(batch);
  return [
    `${members}`,
    kilobytes.toFixed(1),
    (faces / seconds).toFixed(0),
    `${((cpu / seconds) * 100).toFixed(0)} %`,
    (faces / cpu).toFixed(0),
    `${Math.min(...received())} to ${Math.max(...received())}`,
  ];
}

const head = [
  'members',
  'kB a face',
  'faces a second',
  'of a core',
  'faces a second of a core',
  'each member',
];
const missing = mosquittoMissing ?? mosquittoClientsMissing;
if (missing) console.log(`group: not measured: ${missing}`);
else {
  console.log(machine());
  const rows: string[][] = [];
  for (const side of [160, 256]) for (const members of [1, 4, 16]) rows.push(await measure(members, side));
  console.log(table(head, rows));
}
