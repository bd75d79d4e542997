// Compiles the kernel, packages/core/assembly, to packages/core/dist/haar.wasm when its sources have changed.
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const from = new URL('../assembly/', import.meta.url);
const target = new URL('../dist/haar.wasm', import.meta.url);

const changed = readdirSync(from).map((file) => statSync(new URL(file, from)).mtimeMs);
if (!existsSync(target) || Math.max(...changed) > statSync(target).mtimeMs) {
  mkdirSync(new URL('.', target), { recursive: true });
  const { error, stderr } = await asc.main([
    fileURLToPath(new URL('index.ts', from)),
    '--outFile',
    fileURLToPath(target),
    ...['-O3', '--converge', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--memoryBase', '2048'],
    // 6 MB, enough for 640×480: growing takes time at the start, and what is not used is not taken
    ...['--initialMemory', '96'],
  ]);
  if (error) {
    console.error(`kernel: ${error.message}\n${stderr}`);
    process.exit(1);
  }
}
