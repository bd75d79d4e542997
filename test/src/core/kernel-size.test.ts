import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const core = fileURLToPath(new URL('../../../packages/core', import.meta.url));

interface Packed {
  files: { path: string; size: number }[];
  unpackedSize: number;
}

/** What `npm pack` would put into the package, without writing it. */
function pack(): Packed {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    ...{ cwd: core, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    shell: process.platform === 'win32',
  });
  // an array, or an object by package name, as npm's version has it
  const [packed] = Object.values(JSON.parse(output) as Packed[] | Record<string, Packed>);
  assert.ok(packed);
  return packed;
}

test('@facepipe/core by itself unpacks to at most 3.5 MB, each kernel to at most 40 kB', (t) => {
  const { files, unpackedSize } = pack();
  const kernels = files.filter(({ path }) => path.endsWith('.wasm'));
  t.diagnostic(
    `${unpackedSize} bytes in ${files.length} files; ${kernels.map(({ path, size }) => `${path} ${size}`)}`,
  );
  assert.ok(kernels.length > 0, 'no .wasm in the package');
  for (const { path, size } of kernels) assert.ok(size <= 40_960, `${path} has ${size} bytes`);
  // 1.6 MB are cascades, 1.25 MB the weights of BlazeFace, as they were published, 0.1 MB what is inline
  assert.ok(unpackedSize <= 3_500_000, `${unpackedSize} bytes`);
  assert.ok(!files.some(({ path }) => /\.test\.|golden/.test(path)), 'tests are in the package');
});
