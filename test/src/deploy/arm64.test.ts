import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What package-lock.json says of a package. */
interface Locked {
  version?: string;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  hasInstallScript?: boolean;
}

const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
  packages: Record<string, Locked>;
};
/** What the images install; the tools of this repository are the others. */
const production = Object.entries(packages).filter(
  ([path, { dev }]) => path.includes('node_modules/') && !dev,
);

/** The machine that an ELF file is for: 62 is x86-64, 183 is AArch64. */
const machineOf = (file: string): number => readFileSync(file).readUInt16LE(18);

test('every package for Linux on x64 has its twin for arm64 in the lockfile', () => {
  const forGlibc = ({ os, libc }: Locked) => os?.includes('linux') && (libc ?? ['glibc']).includes('glibc');
  const native = production.filter(([, entry]) => entry.cpu?.includes('x64') && forGlibc(entry));
  assert.ok(native.length >= 3, 'sharp, libvips and koffi at least');
  for (const [path, { version }] of native) {
    const twin = packages[path.replace('x64', 'arm64')];
    assert.ok(
      twin && !twin.dev && twin.cpu?.includes('arm64') && forGlibc(twin),
      `${path} has no twin for arm64`,
    );
    assert.equal(twin.version, version, path);
  }
});

test('a package with binaries for several systems inside has one for arm64', () => {
  const folders = production.filter(([, { cpu }]) => !cpu).map(([path]) => path);
  const several = folders.filter(
    (path) => globSync(`${path}/{prebuilds,build,bin}/**/*.node`, { cwd: root }).length > 0,
  );
  assert.ok(several.some((path) => path.endsWith('/classic-level')));
  for (const path of several) {
    const glibc = globSync(`${path}/prebuilds/linux-arm64/*.node`, { cwd: root, absolute: true }).filter(
      (file) => !file.includes('musl'),
    );
    assert.ok(glibc.length > 0, `${path} has nothing for linux-arm64`);
    for (const file of glibc) assert.equal(machineOf(file), 183, file);
  }
});

test('no package has to compile or fetch anything when it is installed', () => {
  const scripts = production
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([path]) => path.replace('node_modules/', ''));
  // each of them comes with its binaries, which the tests above have found, or has no use for its script on Linux
  assert.deepEqual(scripts.sort(), ['classic-level', 'koffi', 'node-webcam']);
});
