import { readFile, writeFile } from 'node:fs/promises';
import type { Digest } from './sweep-answer.js';
import type { SweepGroup } from './sweep-case.js';

/** What native OpenCV answered to the cases of `sweepGroups(seed, cases)`: see golden/README.md for the format. */
export interface SweepGolden {
  opencv: string;
  seed: number;
  cases: number;
  /** in the order of the groups: the first four bytes of the SHA-256 of the image, and a digest for each case */
  groups: { pixels: number; digests: Digest[] }[];
}

const folder = new URL('../golden/', import.meta.url);
const caseBytes = 10;

export async function writeSweepGolden({ groups, ...header }: SweepGolden): Promise<void> {
  const bytes = Buffer.concat(
    groups.map(({ pixels, digests }) => {
      const record = Buffer.alloc(4 + digests.length * caseBytes);
      record.writeUInt32LE(pixels, 0);
      for (const [index, { boxes, scores, count }] of digests.entries()) {
        const at = 4 + index * caseBytes;
        record.writeUInt32LE(boxes, at);
        record.writeUInt32LE(scores, at + 4);
        record.writeUInt16LE(count, at + 8);
      }
      return record;
    }),
  );
  await writeFile(new URL('sweep.bin', folder), bytes);
  await writeFile(new URL('sweep.json', folder), `${JSON.stringify(header, null, 2)}\n`);
}

export async function readSweepHeader(): Promise<Omit<SweepGolden, 'groups'>> {
  return JSON.parse(await readFile(new URL('sweep.json', folder), 'utf8'));
}

/** Gives the records one group after the other, for only the groups say how many cases they have. */
export async function sweepRecords(): Promise<(group: SweepGroup) => { pixels: number; digests: Digest[] }> {
  const bytes = await readFile(new URL('sweep.bin', folder));
  let at = 0;
  return ({ cases }) => {
    const pixels = bytes.readUInt32LE(at);
    const digests = cases.map((_, index) => {
      const start = at + 4 + index * caseBytes;
      return {
        boxes: bytes.readUInt32LE(start),
        scores: bytes.readUInt32LE(start + 4),
        count: bytes.readUInt16LE(start + 8),
      };
    });
    at += 4 + cases.length * caseBytes;
    return { pixels, digests };
  };
}
