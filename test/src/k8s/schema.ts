import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from './manifest.js';

const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
const types = fileURLToPath(new URL('../../src/k8s/kubernetes.js', import.meta.url));

/**
 * Checks manifests against Kubernetes' schemas as the TypeScript compiler checks literals: unknown fields, missing
 * ones, wrong types, values outside an enumeration, and kinds and versions that are not in `Manifests` are refused.
 * @returns what is wrong, one line a fault, with the name given to the manifest
 */
export function faults(manifests: ReadonlyMap<string, Manifest>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-manifests-'));
  try {
    const lines = [`import type { Manifests } from ${JSON.stringify(types)};`];
    const owners = [''];
    for (const [name, manifest] of manifests) {
      const kind = JSON.stringify(`${manifest.apiVersion}/${manifest.kind}`);
      const literal = `export const m${lines.length}: Manifests[${kind}] = ${JSON.stringify(manifest, null, 1)};`;
      for (const line of literal.split('\n')) {
        lines.push(line);
        owners.push(name);
      }
    }
    writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
    const { stdout, error } = spawnSync(process.execPath, [tsc, ...options, 'manifests.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (error) throw error;
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const at = Number(/^manifests\.ts\((\d+),/.exec(line)?.[1] ?? 0) - 1;
        return `${owners[at] ?? ''}: ${(lines[at] ?? '').trim()}: ${line.replace(/^.*?: error /, '')}`;
      });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
