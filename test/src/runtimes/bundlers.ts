import { spawn } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { chromiumMissing } from '../support/browser.js';
import { until } from '../support/until.js';
import { type Asked, askPage, serve } from './page.js';
import { root } from './place.js';
import { insideOf, post } from './programs.js';
import { type Answers, checks, type Place, type Runtime } from './runtime.js';

const page: Asked = { page: checks };
const both: Asked = { page: checks, worker: checks };
const react = { react: '19.3.1', 'react-dom': '19.3.1' };

/** The page of a build, from a server that was told nothing of it. */
async function askBuilt(place: Place, asked: Asked, folder = 'dist'): Promise<Record<string, Answers>> {
  const site = await serve(place, [join(place.folder, folder)]);
  return askPage(site, asked);
}

/** The same with everything but the page on another origin, which lets everybody read. */
async function askForeign(place: Place): Promise<Record<string, Answers>> {
  const headers = { 'access-control-allow-origin': '*' };
  const cdn = await serve(place, [join(place.folder, 'foreign')], { headers });
  await place.run('npx', 'vite', 'build', '--logLevel=error', `--base=${cdn.url}`, '--outDir=foreign');
  cpSync(join(place.folder, 'foreign/index.html'), join(place.folder, 'own/index.html'));
  return askBuilt(place, page, 'own');
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('there is no port');
  return address.port;
}

/** Starts a program that serves, which ends with the place. @returns its address once it answers */
async function startServer(place: Place, command: string[], port: number): Promise<string> {
  const [program = '', ...args] = command;
  const child = spawn(join(place.folder, 'node_modules/.bin', program), args, {
    cwd: place.folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
  });
  place.after(async () => {
    if (child.exitCode !== null) return;
    child.kill();
    await until(`${program} has ended`, () => child.exitCode !== null || child.signalCode !== null);
  });
  const url = `http://127.0.0.1:${port}/`;
  await until(`${program} answers`, async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    const response = await fetch(url).catch(() => undefined);
    return response?.ok === true;
  });
  return url;
}

/** Puts the inputs where a development server looks for what is no module. */
function publish(place: Place): void {
  cpSync(join(place.inputs, 'inputs'), join(place.folder, 'public/inputs'), { recursive: true });
}

/** A page with no worker of its own. */
function withoutWorker(place: Place): void {
  writeFileSync(join(place.folder, 'ask-worker.js'), 'export const askWorker = undefined;\n');
}

/** Before 8 the development server moves packages away from their files, unless it is told not to. */
const viteDev = (major: number): string => `export default {
  ${major < 8 ? "optimizeDeps: { exclude: ['@facepipe/core'] }," : ''}
  server: {
    headers: { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' },
  },
};
`;

function vite(version: string, short?: true): Runtime {
  const major = Number(version.split('.')[0]);
  return {
    name: `Vite ${major}`,
    tools: { vite: version },
    project: ['web'],
    ...(short && { short }),
    missing: chromiumMissing,
    async ask(place) {
      publish(place);
      writeFileSync(join(place.folder, 'dev.config.js'), viteDev(major));
      const port = await freePort();
      const args = ['--host=127.0.0.1', `--port=${port}`, '--config=dev.config.js', '--strictPort'];
      const url = await startServer(place, ['vite', ...args], port);
      const site = await serve(place, []);
      const dev = await askPage(site, both, undefined, url);
      // before 8, a worker of the page's own that loads code on demand has to be built as a module
      const esWorker = "export default { worker: { format: 'es' } };\n";
      if (major < 8) writeFileSync(join(place.folder, 'vite.config.js'), esWorker);
      await place.run('npx', 'vite', 'build', '--logLevel=error');
      const { worker } = await askBuilt(place, both);
      writeFileSync(join(place.folder, 'vite.config.js'), 'export default {};\n');
      if (major < 8) withoutWorker(place);
      await place.run('npx', 'vite', 'build', '--logLevel=error');
      const built = await askBuilt(place, page);
      const foreign = await askForeign(place);
      return {
        'dev: page': dev.page ?? {},
        'dev: worker': dev.worker ?? {},
        'build: page': built.page ?? {},
        'build: worker': worker ?? {},
        'build on a CDN: page': foreign.page ?? {},
      };
    },
  };
}

/** On a server, webpack's bundles have addresses for browsers. */
function leaveOnServer(place: Place): void {
  const file = join(place.folder, 'next.config.mjs');
  const setting = "export default {\n  serverExternalPackages: ['@facepipe/core'],";
  writeFileSync(file, readFileSync(file, 'utf8').replace('export default {', setting));
}

function next(version: string, bundler: 'Turbopack' | 'webpack', flags: string[]): Runtime {
  return {
    name: `Next ${version.split('.')[0]}, ${bundler}`,
    tools: { next: version, ...react },
    project: ['web', 'next'],
    missing: chromiumMissing,
    async ask(place) {
      publish(place);
      if (bundler === 'webpack') leaveOnServer(place);
      await place.run('npx', 'next', 'build', ...flags);
      const port = await freePort();
      const url = await startServer(place, ['next', 'start', '--port', String(port)], port);
      const site = await serve(place, []);
      const answers = await askPage(site, both, undefined, url);
      return { ...answers, server: await post(`${url}faces`, readFileSync(place.sent, 'utf8'), checks) };
    },
  };
}

/** The page without `type="module"`, for bundles that are none. */
function classicPage(place: Place, script: string): void {
  const html = readFileSync(join(place.folder, 'index.html'), 'utf8');
  writeFileSync(
    join(place.folder, 'dist/index.html'),
    html.replace('type="module" src="./main.js"', `defer src="${script}"`),
  );
}

export const bundlers: Runtime[] = [
  vite('5.4.21', true),
  vite('6.4.6'),
  vite('7.3.8'),
  vite('8.4.0'),
  {
    name: 'webpack 5',
    tools: { webpack: '5.113.0', 'webpack-cli': '7.3.1' },
    project: ['web'],
    missing: chromiumMissing,
    async ask(place) {
      await place.run('npx', 'webpack', '--mode=production', '--entry=./main.js');
      classicPage(place, 'main.js');
      return askBuilt(place, both);
    },
  },
  {
    name: 'Rollup 4',
    tools: {
      rollup: '4.68.8',
      '@rollup/plugin-node-resolve': '16.0.3',
      '@web/rollup-plugin-import-meta-assets': '2.3.3',
    },
    project: ['web', 'rollup'],
    short: true,
    missing: chromiumMissing,
    async ask(place) {
      withoutWorker(place);
      await place.run('npx', 'rollup', '--config', '--failAfterWarnings');
      cpSync(join(place.folder, 'index.html'), join(place.folder, 'dist/index.html'));
      return askBuilt(place, page);
    },
  },
  {
    name: 'esbuild',
    tools: { esbuild: '0.28.2' },
    project: ['web'],
    short: true,
    missing: chromiumMissing,
    expected: { 'one file': { ...insideOf } },
    async ask(place) {
      const core = join(place.folder, 'node_modules/@facepipe/core');
      const entries = ['main.js', 'worker.js'];
      const threads = ['simd-worker', 'detector-worker'].map((name) => `${name}=@facepipe/core/${name}.js`);
      const modules = ['--bundle', '--format=esm', '--splitting', '--outdir=dist/js'];
      await place.run('npx', 'esbuild', ...entries, ...threads, ...modules, '--log-level=warning');
      for (const name of readdirSync(join(core, 'bundle')).filter((name) => name.endsWith('.wasm')))
        cpSync(join(core, 'bundle', name), join(place.folder, 'dist/js', name));
      for (const name of ['cascades', 'weights'])
        cpSync(join(core, name), join(place.folder, 'dist', name), { recursive: true });
      const html = readFileSync(join(place.folder, 'index.html'), 'utf8');
      writeFileSync(join(place.folder, 'dist/index.html'), html.replace('./main.js', './js/main.js'));
      const answers = await askBuilt(place, both);
      withoutWorker(place);
      const inline = '--alias:@facepipe/core=@facepipe/core/inline';
      const one = ['--bundle', '--minify', '--format=iife', '--outfile=one/main.js'];
      await place.run('npx', 'esbuild', 'main.js', ...one, inline, '--log-level=warning');
      cpSync(join(place.folder, 'index.html'), join(place.folder, 'one/index.html'));
      const { page: single = {} } = await askBuilt(place, page, 'one');
      return { ...answers, 'one file': single };
    },
  },
  {
    name: 'Parcel 2',
    tools: { parcel: '2.16.4' },
    project: ['web'],
    missing: chromiumMissing,
    expected: { 'worker, inline': insideOf },
    async ask(place) {
      const worker = join(place.folder, 'worker.js');
      const text = readFileSync(worker, 'utf8');
      withoutWorker(place);
      await place.run('npx', 'parcel', 'build', 'index.html', '--no-cache');
      const answers = await askBuilt(place, page);
      // it builds no worker that loads code on demand, and reads exports where it is told to
      const settings = { private: true, '@parcel/resolver-default': { packageExports: true } };
      writeFileSync(join(place.folder, 'package.json'), JSON.stringify(settings));
      writeFileSync(worker, text.replace('@facepipe/core', '@facepipe/core/inline'));
      cpSync(join(root, 'test/runtimes/web/ask-worker.js'), join(place.folder, 'ask-worker.js'));
      await place.run('npx', 'parcel', 'build', 'index.html', '--no-cache', '--dist-dir=with-worker');
      const { worker: single = {} } = await askBuilt(place, both, 'with-worker');
      return { ...answers, 'worker, inline': single };
    },
  },
  next('16.4.6', 'Turbopack', []),
  next('16.4.6', 'webpack', ['--webpack']),
  next('15.5.29', 'webpack', []),
];
