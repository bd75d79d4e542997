import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromiumMissing, launchChromium, openPage, serveSite } from '@facepipe/test';
import { machine } from './machine.js';
import { lowTenth, median } from './median.js';
import { table } from './table.js';

// node dist/peers.js [--short]: other detectors of faces that npm has, in Chromium without a graphics card, on a canvas
// with one photograph at 640×480. They are installed from npm's registry into a folder of their own.

const short = process.argv.includes('--short');
/** Pages of each, and further detections in each page. */
const pages = short ? 1 : 5;
const rounds = short ? 3 : 15;

const versions = {
  '@techstark/opencv-js': '4.12.0-release.1',
  tracking: '1.1.3',
  jsfeat: '0.0.8',
  '@vladmandic/face-api': '1.7.15',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
};

interface Answer {
  faces: number;
  first: number;
  times: number[];
}

const root = fileURLToPath(new URL('../../', import.meta.url));

function install(): string {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-peers-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
  // face-api names what it was built with, which nobody needs to use it
  const flags = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', ...flags], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  mkdirSync(join(folder, 'node_modules/@facepipe'));
  symlinkSync(join(root, 'packages/core'), join(folder, 'node_modules/@facepipe/core'), 'junction');
  return folder;
}

if (chromiumMissing) throw new Error(chromiumMissing);
const folder = install();
const folders = [folder, join(root, 'bench/pages'), join(root, 'models'), join(root, 'packages/edge/photos')];
const types = { '.mjs': 'text/javascript', '.json': 'application/json' };
const site = await serveSite(folders, { gzip: true, types });
const browser = await launchChromium();
try {
  const asked = { photo: '/astronaut.png', width: 640, height: 480, rounds };
  const found = new Map<string, { answers: Answer[]; files: number; bytes: number }>();
  let names: string[] = [''];
  for (let turn = 0; turn < pages; turn++) {
    for (let index = 0; index < names.length; index++) {
      // nothing of another page is in its cache
      const context = await browser.newContext();
      const { page } = await openPage(context, `${site.url}peers.html`);
      names = await page.evaluate('peerNames');
      const name = names[index] ?? '';
      site.sent.length = 0;
      const answer: Answer = await page.evaluate(`measure(${JSON.stringify({ ...asked, name })})`);
      await context.close();
      const sent = site.sent.filter(({ path }) => !path.endsWith('astronaut.png'));
      const bytes = sent.reduce((sum, one) => sum + one.bytes, 0);
      const answers = [...(found.get(name)?.answers ?? []), answer];
      found.set(name, { answers, files: sent.length, bytes });
    }
  }
  const rows = [...found].map(([name, { answers, files, bytes }]) => {
    const times = answers.flatMap((answer) => answer.times);
    return [
      name,
      ...[files, Math.round(bytes / 1000), median(answers.map(({ first }) => first)).toFixed(0)],
      ...[median(times).toFixed(1), lowTenth(times).toFixed(1), answers[0]?.faces ?? 0],
    ];
  });
  console.log(`${machine()}, Chromium ${browser.version()}\n`);
  const times = ['to first faces, ms', 'one image, ms', 'a tenth are below'];
  console.log(table(['', 'files', 'kB gzipped', ...times, 'faces'], rows));
} finally {
  await browser.close();
  await site.close();
  rmSync(folder, { recursive: true, force: true });
}
