// Compiles the kernels, packages/core/assembly, to packages/core/dist/*.wasm when their sources have changed.
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const dist = new URL('../dist/', import.meta.url);

async function compile(folder, name, ...options) {
  const from = new URL(`../assembly/${folder}`, import.meta.url);
  const target = new URL(name, dist);
  const sources = readdirSync(from).filter((file) => file.endsWith('.ts'));
  const changed = sources.map((file) => statSync(new URL(file, from)).mtimeMs);
  if (existsSync(target) && Math.max(...changed) <= statSync(target).mtimeMs) return;
  mkdirSync(dist, { recursive: true });
  const { error, stderr } = await asc.main([
    fileURLToPath(new URL('index.ts', from)),
    '--outFile',
    fileURLToPath(target),
    ...['-O3', '--converge', '--noAssert', '--enable', 'simd', '--runtime', 'stub', ...options],
  ]);
  if (error) {
    console.error(`kernel: ${error.message}\n${stderr}`);
    process.exit(1);
  }
}

// 6 MB, enough for 640×480: growing takes time at the start, and what is not used is not taken
await compile('', 'haar.wasm', '--memoryBase', '2048', '--initialMemory', '96', '--exportTable');
// its memory is planned outside, behind the first page
await compile('blaze/', 'blaze.wasm', '--initialMemory', '1');
