import { setTimeout as sleep } from 'node:timers/promises';
import { connect, decodeReceipt, type Link, type OutgoingMessage } from '@facepipe/wire';
import { faceMessages } from './face-messages.js';

/** Many devices as captures are to a broker: each has its link, publishes its faces and hears its receipts. */
export interface Fleet {
  /** Bytes of a face's payload. */
  readonly size: number;
  /** Faces that a receipt has named. */
  readonly receipted: number;
  /** Seconds from publish to receipt. */
  readonly waits: number[];
  /**
   * Publishes so many faces of each device that were not published yet: so many a second over all devices, or as fast
   * as they go. Resolves with the acknowledgements.
   */
  publish(ofEach: number, rate?: number): Promise<void>;
  close(): Promise<void>;
}

export async function openFleet(url: string, devices: number, facesOfEach: number): Promise<Fleet> {
  const sent = new Map<string, number>();
  const waits: number[] = [];
  let receipted = 0;
  const fleet: { link: Link; faces: OutgoingMessage[] }[] = [];
  for (let n = 0; n < devices; n++) {
    const device = `camera${n}`;
    const link = await connect({ url, clientId: `capacity-${n}`, publishTimeout: 600_000 });
    await link.subscribe(`facepipe/${device}/stored`, async ({ payload }) => {
      for (const id of decodeReceipt(payload).ids) {
        receipted++;
        waits.push((performance.now() - (sent.get(id) ?? Number.NaN)) / 1000);
      }
    });
    fleet.push({ link, faces: await faceMessages(facesOfEach, 160, device) });
  }
  // one of each in turn
  const order = Array.from({ length: facesOfEach }, (_, turn) =>
    fleet.map(({ link, faces }) => ({ link, face: faces[turn] })),
  ).flat();
  const total = fleet.flatMap(({ faces }) => faces).reduce((sum, { payload }) => sum + payload.length, 0);
  let next = 0;
  return {
    size: total / order.length,
    get receipted() {
      return receipted;
    },
    waits,
    publish: async (ofEach, rate) => {
      const start = performance.now();
      const publishing: Promise<unknown>[] = [];
      const turn = order.slice(next, next + ofEach * devices);
      next += turn.length;
      for (const [n, { link, face }] of turn.entries()) {
        const due = rate === undefined ? 0 : start + (n * 1000) / rate - performance.now();
        if (due > 1) await sleep(due);
        if (!face) continue;
        sent.set(face.userProperties?.id ?? '', performance.now());
        publishing.push(link.publish(face));
      }
      await Promise.all(publishing);
    },
    close: async () => {
      await Promise.all(fleet.map(({ link }) => link.close()));
    },
  };
}
