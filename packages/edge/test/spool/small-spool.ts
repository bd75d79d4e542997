import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { SpooledFace } from '../../dist/spool/face.js';
import { openSpool } from '../../dist/spool/open.js';
import type { DroppedRange } from '../../dist/spool/range.js';
import type { Spool, SpoolOptions } from '../../dist/spool/spool.js';
import type { FaceIdentity } from '../../dist/spool/write-queue.js';

export const day = 86_400_000;
export const defaults: SpoolOptions = {
  brokers: ['a'],
  maxBytes: 2 ** 30,
  ttl: 7 * day,
  full: 'drop-oldest',
};

export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'facepipe-spool-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export async function open(
  t: TestContext,
  path: string,
  options: Partial<SpoolOptions> = {},
): Promise<Spool> {
  const spool = await openSpool(path, { ...defaults, ...options });
  t.after(() => spool.close());
  return spool;
}

export const face = async ({ id, seq }: FaceIdentity, size = 1000): Promise<SpooledFace> => ({
  topic: 'facepipe/door/faces',
  userProperties: { id, seq: String(seq) },
  payload: Buffer.alloc(size, seq),
});
export const append = (spool: Spool, count: number, size?: number) =>
  Promise.all(Array.from({ length: count }, () => spool.append((identity) => face(identity, size))));
export const pending = (spool: Spool, broker = 'a', after?: number) =>
  [...spool.pending(broker, after)].map(({ seq }) => seq);
export const count = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

export async function dropped(spool: Spool, broker = 'a'): Promise<DroppedRange[]> {
  let taken: DroppedRange[] = [];
  await spool.takeDropped(broker, async (ranges) => {
    taken = ranges;
  });
  return taken;
}
