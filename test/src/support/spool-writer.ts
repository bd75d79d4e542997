import { openSpool } from 'facepipe';

// node spool-writer.js FOLDER IN_FLIGHT: appends and settles until it is killed, and says on stdout what it was
// promised: `+seq id` once a face is stored, `-seq` before the face is settled.

const [, , folder = '', inFlight = '1'] = process.argv;
const spool = await openSpool(folder, { brokers: ['a'], maxBytes: 2 ** 30, ttl: 1e9, full: 'drop-oldest' });
let turn = 0;

async function append(): Promise<never> {
  for (;;) {
    const fails = turn++ % 17 === 5;
    try {
      const { seq, id } = await spool.append(async (identity) => {
        if (fails) throw new Error('no picture');
        const size = 1 + ((identity.seq * 7919) % 60_000);
        return {
          topic: 't',
          userProperties: { ...identity, seq: String(identity.seq) },
          payload: Buffer.alloc(size, identity.id),
        };
      });
      process.stdout.write(`+${seq} ${id}\n`);
      if (seq % 3 === 0) {
        process.stdout.write(`-${seq}\n`);
        spool.settle('a', seq);
      }
    } catch (error) {
      if (!fails) throw error;
    }
  }
}

await Promise.all(Array.from({ length: Number(inFlight) }, append));
