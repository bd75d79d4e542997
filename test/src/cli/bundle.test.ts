import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { root } from '../support/documents.js';
import { freshFolder } from '../support/program.js';

const run = promisify(execFile);
const own = [...builtinModules, /^node:/];

/** Bundles a program with everything that it imports into one file; `sideEffects` is believed. */
async function bundle(text: string, external: (string | RegExp)[] = []): Promise<string> {
  const input = join(root, 'test', `bundled-${process.pid}.js`);
  const file = join(freshFolder('facepipe-bundle-'), 'program.mjs');
  const plugin = {
    name: 'program',
    resolveId: (id: string) => (id === input ? id : undefined),
    load: (id: string) => (id === input ? text : undefined),
  };
  const made = await rolldown({
    input,
    platform: 'node',
    external: [...own, ...external],
    plugins: [plugin],
    logLevel: 'silent',
  });
  await made.write({ file, format: 'esm', codeSplitting: false });
  await made.close();
  return file;
}

test('wire in one bundled file, without node_modules, remembers the lengths of packets in little memory', {
  skip: mosquittoMissing ?? false,
  timeout: 300_000,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const file = await bundle(
    `import { connect } from '@facepipe/wire';
       const link = await connect({ url: process.argv[2] });
       globalThis.gc();
       const before = process.memoryUsage().arrayBuffers;
       for (let size = 2000; size < 6000; size++) {
         await link.publish({ topic: 'a', payload: Buffer.alloc(size), qos: 0 });
         Buffer.allocUnsafe(4000);
       }
       // what is garbage is counted until it is swept
       let grown = Infinity;
       for (let i = 0; i < 20; i++) {
         globalThis.gc();
         await new Promise((resolve) => setTimeout(resolve, 50));
         grown = Math.min(grown, process.memoryUsage().arrayBuffers - before);
       }
       console.log(grown);
       await link.close();`,
    // optional parts of ws
    ['bufferutil', 'utf-8-validate'],
  );
  const { stdout } = await run(process.execPath, ['--expose-gc', file, broker.url], { timeout: 300_000 });
  // 4000 lengths in pools of their own would be 32 MB
  assert.ok(Number(stdout) < 8e6, `grew by ${stdout.trim()} bytes`);
});

test('packages that say that they have no side effects import nothing for its effect', () => {
  const found: string[] = [];
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = join(root, 'packages', name, 'src');
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/(?<!\.d|\.test|\.test\.support)\.ts$/.test(file)) continue;
      const text = readFileSync(join(folder, file), 'utf8');
      for (const [line] of text.matchAll(/^import\s*['"].*$/gm)) found.push(`${name}/src/${file}: ${line}`);
    }
  }
  assert.deepEqual(found, []);
});
