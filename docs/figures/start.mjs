// Takes the picture of the first hour's four terminals in docs/start.md: the programs themselves, each in a terminal.
// Needs a build (`npm run build`), Chromium, and script(1) of util-linux; port 1883 has to be free.
//
//   node docs/figures/start.mjs
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const path = (file) => fileURLToPath(new URL(file, import.meta.url));
const columns = 88;
const broker = '--broker mqtt://127.0.0.1';
/** What is typed, in this order, and what each must have said before the next begins. */
const terminals = [
  { typed: 'npx facepipe broker', until: 'broker listens', rows: 3 },
  { typed: `npx facepipe sink ${broker} --store file:///var/lib/faces`, until: 'storing', rows: 5 },
  { typed: `npx facepipe log ${broker}`, until: 'connected', rows: 10 },
  {
    typed: `npx facepipe capture --source demo ${broker} --name door --view 8094`,
    until: 'faces [4-9] ',
    rows: 8,
  },
];

const folder = mkdtempSync(join(tmpdir(), 'facepipe-figures-'));
const program = `${process.execPath} ${path('../../packages/cli/dist/main.js')}`;
const running = [];
/** Runs one command in a terminal until it has said what is waited for; its bytes so far are in `bytes`. */
async function run({ typed, until, rows }) {
  const command = typed.replace('npx facepipe', program).replace('file:///var/lib', `file://${folder}`);
  const terminal = spawn(
    'script',
    ['-qfec', `stty cols ${columns} rows ${rows}; exec ${command}`, '/dev/null'],
    {
      cwd: folder,
      env: { ...process.env, TERM: 'xterm-256color', XDG_STATE_HOME: join(folder, 'home/.local/state') },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const shown = { rows, terminal, bytes: `\x1b[32m$\x1b[0m ${typed}\r\n` };
  running.push(shown);
  await new Promise((resolve, reject) => {
    terminal.on('exit', () => reject(new Error(`${typed} ended: ${shown.bytes}`)));
    terminal.stdout.setEncoding('utf8').on('data', (text) => {
      shown.bytes += text.replaceAll(`${folder}/home`, '/home/you').replaceAll(folder, '/var/lib');
      if (new RegExp(until).test(shown.bytes)) resolve();
    });
  });
  terminal.removeAllListeners('exit');
}

let browser;
try {
  for (const terminal of terminals) await run(terminal);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const page = await browser.newPage({ viewport: { width: 720, height: 100 }, deviceScaleFactor: 2 });
  await page.setContent('<body style="margin:0;background:#000;display:grid;gap:6px">');
  const xterm = path('../../node_modules/@xterm/xterm/');
  await page.addStyleTag({ content: readFileSync(`${xterm}css/xterm.css`, 'utf8') });
  await page.addScriptTag({ content: readFileSync(`${xterm}lib/xterm.js`, 'utf8') });
  await page.evaluate(
    ({ columns, shown }) => {
      for (const { bytes, rows } of shown) {
        const box = document.createElement('div');
        box.style.cssText = 'padding:10px;background:#16181d';
        document.body.append(box);
        const terminal = new Terminal({
          cols: columns,
          rows: rows + 1,
          scrollback: 0,
          fontSize: 13,
          fontFamily: 'DejaVu Sans Mono, monospace',
          theme: { background: '#16181d', foreground: '#d8dbe2', cursor: '#16181d' },
        });
        terminal.open(box);
        terminal.write(bytes);
      }
    },
    { columns, shown: running.map(({ bytes, rows }) => ({ bytes, rows })) },
  );
  // xterm.js draws in its own time
  await page.waitForTimeout(1000);
  await sharp(await page.screenshot({ fullPage: true }))
    .webp({ quality: 88 })
    .toFile(path('start-terminals.webp'));
  console.log('docs/figures/start-terminals.webp');
} finally {
  await browser?.close();
  for (const { terminal } of running.reverse()) terminal.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}
