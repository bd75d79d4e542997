import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A disk of 64 MB in memory, or skips the test. */
export function smallDisk(t: TestContext): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'facepipe-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'facepipe-test', path]);
  t.after(() => {
    if (mounted.status === 0) execFileSync('umount', ['-l', path]);
    rmSync(path, { recursive: true });
  });
  if (mounted.status === 0) return path;
  t.skip('a tmpfs cannot be mounted here: run the tests as root on Linux');
  return undefined;
}
