import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { chromiumMissing } from '../support/browser.js';
import { firefoxMissing } from '../support/firefox.js';
import { type Asked, askPage, inChromium, inFirefoxEsr, inProgram, serve } from './page.js';
import { insideOf } from './programs.js';
import { type Answers, type Check, checks, type Place, type Runtime } from './runtime.js';

const esbuild = { esbuild: '0.28.2' };

const kinds: Asked = {
  page: checks,
  'module worker': checks,
  'classic worker': checks,
  'classic worker, bundled': checks,
  'service worker': checks,
  'service worker, bundled': checks,
};

const expected: Partial<Record<string, Partial<Record<Check, string>>>> = {
  'classic worker, bundled': insideOf,
  'service worker': insideOf,
  'service worker, bundled': insideOf,
};

/** What of the kinds a browser has. */
const some = (names: string[]): Asked => Object.fromEntries(names.map((name) => [name, checks]));

/** Where workers are classic, everything has to be in their file. */
async function bundleWorkers(place: Place): Promise<void> {
  for (const name of ['classic', 'service']) {
    const to = `--outfile=${name}-bundle.js`;
    await place.run(
      'npx',
      ...['esbuild', 'inline-worker.js', '--bundle', '--format=iife', to],
      '--log-level=warning',
    );
  }
}

async function askPlain(place: Place, asked: Asked, browse = inChromium): Promise<Record<string, Answers>> {
  await bundleWorkers(place);
  return askPage(await serve(place, [place.folder]), asked, browse);
}

/** A page of one origin, and the package on another that lets everybody read. */
async function askForeign(place: Place, browse: typeof inChromium): Promise<Record<string, Answers>> {
  const cdn = await serve(place, [place.folder], { headers: { 'access-control-allow-origin': '*' } });
  const file = join(place.folder, 'index.html');
  writeFileSync(file, readFileSync(file, 'utf8').replace('CDN/', cdn.url));
  const answers = await askPage(await serve(place, [place.folder]), { page: checks }, browse);
  const missed = cdn.sent.filter(({ status }) => status !== 200);
  if (missed.length > 0) throw new Error(`not there: ${missed.map(({ path }) => path).join(', ')}`);
  return answers;
}

/** The program in a package that has one for x64, compressed. */
function unpackChrome(place: Place): string {
  const packed = readFileSync(join(place.folder, 'node_modules/@sparticuz/chromium/bin/chromium.br'));
  const program = join(place.folder, 'chrome');
  writeFileSync(program, brotliDecompressSync(packed));
  chmodSync(program, 0o755);
  return program;
}

export const browsers: Runtime[] = [
  {
    name: 'Chromium, without a bundler',
    tools: esbuild,
    project: ['workers'],
    short: true,
    missing: chromiumMissing,
    expected,
    ask: (place) => askPlain(place, kinds),
  },
  {
    name: 'Firefox ESR, without a bundler',
    tools: esbuild,
    project: ['workers'],
    missing: firefoxMissing,
    expected,
    // its service workers are no modules
    ask: (place) =>
      askPlain(place, some(Object.keys(kinds).filter((name) => name !== 'service worker')), inFirefoxEsr),
  },
  {
    name: "Chromium, a CDN's other origin",
    tools: {},
    project: ['cdn'],
    short: true,
    missing: chromiumMissing,
    ask: (place) => askForeign(place, inChromium),
  },
  {
    name: "Firefox ESR, a CDN's other origin",
    tools: {},
    project: ['cdn'],
    missing: firefoxMissing,
    ask: (place) => askForeign(place, inFirefoxEsr),
  },
  {
    name: 'Chrome 110, without a bundler',
    tools: { ...esbuild, '@sparticuz/chromium': '110.0.1' },
    project: ['workers'],
    missing:
      process.platform === 'linux' && process.arch === 'x64'
        ? false
        : 'there is a Chrome 110 for Linux on x64 alone',
    expected,
    ask: (place) => askPlain(place, kinds, inProgram(unpackChrome(place))),
  },
];
