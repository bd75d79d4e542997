import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './place.js';
import { type Answers, type Check, checks, type Place, type Runtime } from './runtime.js';

/** Without files beside it there are no threads, and no cascade but the one inside. */
export const insideOf = {
  cascade: 'FACEPIPE_E_CASCADE_UNREADABLE',
  threads: '1 thread',
  worker: 'FACEPIPE_E_WORKER_UNAVAILABLE',
  network: 'FACEPIPE_E_WEIGHTS_UNREADABLE',
  verify: 'FACEPIPE_E_WEIGHTS_UNREADABLE',
} as const satisfies Partial<Record<Check, string>>;

async function answer(place: Place, command: string, ...args: string[]): Promise<Answers> {
  return JSON.parse(await place.run(command, ...args, place.sent, ...checks));
}

/** One version of Node, from the package node, by `import` and by `require`. */
function node(version: string, short?: true): Runtime {
  return {
    name: `Node ${version.split('.')[0]}`,
    tools: { node: version },
    project: ['node'],
    ...(short && { short }),
    async ask(place) {
      await place.run('node', 'node_modules/node/installArchSpecificPackage.js');
      const program = join(place.folder, 'node_modules/.bin/node');
      return {
        import: await answer(place, program, 'program.js'),
        require: await answer(place, program, '--no-warnings', 'program.cjs'),
      };
    },
  };
}

const esbuild = { esbuild: '0.28.2' };

/** The command that makes one file of a module and all it imports. */
function bundle(place: Place, from: string, to: string, ...options: string[]): Promise<string> {
  return place.run('npx', 'esbuild', from, '--bundle', `--outfile=${to}`, '--log-level=warning', ...options);
}

/** workerd tells the port that it has chosen. */
async function servingPort(place: Place): Promise<number> {
  const args = ['serve', 'config.capnp', '--control-fd=1'];
  const child = spawn(join(place.folder, 'node_modules/.bin/workerd'), args, {
    cwd: place.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  place.after(() => child.kill());
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, port } = JSON.parse(line) as { event: string; port: number };
    if (event === 'listen') return port;
  }
  throw new Error(`workerd ended with ${child.exitCode}`);
}

/** The answers of a server that is sent the inputs. */
export async function post(url: string, inputs: string, names: readonly Check[]): Promise<Answers> {
  const body = `{ "names": ${JSON.stringify(names)}, "inputs": ${inputs} }`;
  const response = await fetch(url, { method: 'POST', body });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${(await response.text()).slice(0, 2000)}`);
  return (await response.json()) as Answers;
}

export const programs = (inputs: string): Runtime[] => [
  node('20.19.0'),
  node('22.23.3', true),
  node('24.21.0'),
  node('26.10.0'),
  {
    name: 'Deno',
    tools: { deno: '2.9.6' },
    project: ['node'],
    short: true,
    ask: async (place) => ({
      import: await answer(place, 'npx', 'deno', 'run', '--allow-all', 'program.js'),
    }),
  },
  {
    name: 'Bun',
    tools: { bun: '1.4.5', ...esbuild },
    project: ['node'],
    short: true,
    expected: { 'one file': insideOf },
    async ask(place) {
      await place.run('node', 'node_modules/bun/install.js');
      const imported = await answer(place, 'npx', 'bun', 'program.js');
      const required = await answer(place, 'npx', 'bun', 'program.cjs');
      await place.run('npx', 'bun', 'build', '--compile', 'single.js', '--outfile=single');
      mkdirSync(join(place.folder, 'alone'));
      copyFileSync(join(place.folder, 'single'), join(place.folder, 'alone/single'));
      const single = await answer(place, join(place.folder, 'alone/single'));
      return { import: imported, require: required, 'one file': single };
    },
  },
  {
    name: 'Node, single executable',
    tools: { ...esbuild, postject: '1.0.0-alpha.6' },
    project: ['node'],
    expected: { 'one file': insideOf },
    async ask(place) {
      await bundle(place, 'single.js', 'single.cjs', '--platform=node', '--format=cjs');
      const sea = { main: 'single.cjs', output: 'single.blob', disableExperimentalSEAWarning: true };
      writeFileSync(join(place.folder, 'sea.json'), JSON.stringify(sea));
      await place.run(process.execPath, '--experimental-sea-config', 'sea.json');
      mkdirSync(join(place.folder, 'alone'));
      const program = join(place.folder, 'alone/single');
      copyFileSync(process.execPath, program);
      const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
      await place.run('npx', 'postject', program, 'NODE_SEA_BLOB', 'single.blob', '--sentinel-fuse', fuse);
      return { 'one file': await answer(place, program) };
    },
  },
  {
    name: 'AWS Lambda, as a bundle',
    tools: esbuild,
    project: ['lambda'],
    short: true,
    expected: { 'CommonJS bundle': insideOf, 'ES module bundle': insideOf },
    async ask(place) {
      const alone = join(place.folder, 'alone');
      mkdirSync(alone);
      await bundle(place, 'handler.js', 'alone/handler.cjs', '--platform=node', '--format=cjs');
      await bundle(place, 'handler.js', 'alone/handler.mjs', '--platform=node', '--format=esm', '--minify');
      const invoke = (file: string) =>
        answer(place, process.execPath, '--no-warnings', 'invoke.cjs', join(alone, file));
      return {
        'CommonJS bundle': await invoke('handler.cjs'),
        'ES module bundle': await invoke('handler.mjs'),
      };
    },
  },
  {
    name: 'workerd (Cloudflare)',
    tools: { workerd: '1.20261117.1', ...esbuild },
    project: ['workerd'],
    short: true,
    expected: { bundle: insideOf },
    async ask(place) {
      const options = ['--format=esm', '--conditions=workerd', '--external:./haar.wasm'];
      await bundle(place, 'worker.js', 'dist/worker.js', ...options);
      const kernel = 'node_modules/@facepipe/core/bundle/haar.wasm';
      copyFileSync(join(place.folder, kernel), join(place.folder, 'dist/haar.wasm'));
      const port = await servingPort(place);
      return { bundle: await post(`http://127.0.0.1:${port}/`, inputs, checks) };
    },
  },
];

/** The answers of this Node, which all others are compared with. */
export async function ownAnswers(inputs: string): Promise<Answers> {
  const core = await import('@facepipe/core');
  const shared = join(root, 'test/runtimes/shared/');
  const { probe } = await import(`${shared}probe.js`);
  const { readInputs } = await import(`${shared}sent.js`);
  return JSON.parse(JSON.stringify(await probe(core, readInputs(JSON.parse(inputs)), checks)));
}
