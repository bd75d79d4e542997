import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scratch } from './scenario.js';

/** Why no disk can be filled here; undefined when one can. */
export function tmpfsMissing(): string | undefined {
  if (process.platform !== 'linux') return 'a tmpfs is Linux’s';
  return process.getuid?.() === 0 ? undefined : 'only root may mount a tmpfs: run as root';
}

/** A small disk in memory. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no more than `bytes` on it. */
  fill(bytes: number): Promise<void>;
  /** Gives all of that back. */
  free(): Promise<void>;
}

export async function smallDisk(megabytes: number, scratch: Scratch): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'facepipe-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  scratch.afterwards(async () => {
    execFileSync('umount', ['--lazy', folder]);
    await rm(folder, { recursive: true, force: true });
  });
  const ballast = join(folder, '.ballast');
  return {
    folder,
    fill: async (bytes) => {
      const { bavail, bsize } = await statfs(folder);
      try {
        await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
      } catch (error) {
        // others write too: full is full
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
    },
    free: () => rm(ballast, { force: true }),
  };
}
