import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../support/until.js';
import type { BrokerPart, Mode } from './chain.js';
import type { Journal } from './journal.js';
import type { Scenario } from './scenario.js';
import { type SmallDisk, smallDisk, tmpfsMissing } from './tmpfs.js';

/** MB: an empty spool and a broker's files have room, and a minute's faces. */
const size = 32;

/** A scenario with one folder on a small disk. */
function onSmallDisk(
  { capture, ...scenario }: Omit<Scenario, 'options' | 'strike' | 'missing'> & { capture?: string[] },
  place: 'spool' | 'edgeFiles' | 'folder',
  strike: (disk: SmallDisk) => Scenario['strike'],
): Scenario {
  const disks: SmallDisk[] = [];
  return {
    ...scenario,
    missing: tmpfsMissing,
    options: async (scratch) => {
      const disk = await smallDisk(size, scratch);
      disks.splice(0, 1, disk);
      const folder = join(disk.folder, place);
      await mkdir(folder);
      return { [place]: folder, ...(capture && { capture }) };
    },
    strike: async (stage) => {
      const [disk] = disks;
      if (disk) await strike(disk)(stage);
      await disk?.free();
    },
  };
}

/** Lets faces pile up where there is no room for them, until that has its consequence. */
const fillSpool =
  (told: (journal: Journal) => boolean) =>
  (disk: SmallDisk): Scenario['strike'] =>
  async ({ chain, passed, struck }) => {
    await passed(40);
    // what cannot leave must stay
    await chain.edge.kill();
    await disk.fill(50_000);
    struck();
    await until('capture says that its disk is full', () => told(chain.journal));
    await disk.free();
    await chain.edge.start();
    await passed(60);
  };

/** mosquitto 2.0.11 may leave half a database on a full disk, which it will not open: its operator takes it away. */
async function startAgain(broker: BrokerPart): Promise<void> {
  try {
    await broker.start();
  } catch (error) {
    if (!String(error).includes("Couldn't open database")) throw error;
    await broker.wipe();
    await broker.start();
  }
}

export const disks = (mode: Mode): Scenario[] => {
  const all = { mode, faces: 250, promised: true, long: mode === 'acked' };
  return [
    onSmallDisk(
      {
        ...all,
        fault: 'disk full: spool, with --spool-full drop-oldest',
        faces: 400,
        drops: true,
        capture: ['--spool-full', 'drop-oldest'],
      },
      'spool',
      fillSpool(({ dropped }) => dropped.size > 0),
    ),
    onSmallDisk(
      {
        ...all,
        fault: 'disk full: spool, with --spool-full stop',
        capture: ['--spool-full', 'stop'],
      },
      'spool',
      fillSpool(({ refused }) => refused > 0),
    ),
    onSmallDisk(
      { ...all, fault: 'disk full: edge broker, then killed', promised: mode === 'stored' },
      'edgeFiles',
      (disk) => async (stage) => {
        const { chain, pause, passed, struck } = stage;
        await passed(40);
        await disk.fill(0);
        struck();
        await passed(60);
        // longer than it takes to write its queues, every second
        await pause(2);
        await chain.edge.kill();
        struck();
        await disk.free();
        await startAgain(chain.edge);
        await passed(60);
      },
    ),
    onSmallDisk({ ...all, fault: 'disk full: folder store' }, 'folder', (disk) => async (stage) => {
      const { pause, passed, struck } = stage;
      await passed(40);
      await disk.fill(0);
      struck();
      await passed(60);
      await pause(3);
    }),
  ];
};
