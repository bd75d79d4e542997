// Takes the pictures of the page in docs/page.md and the README: the demo's, in a real Chromium. Needs a build
// (`npm run build`) and Chromium.
//
//   node docs/figures/page.mjs
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const path = (file) => fileURLToPath(new URL(file, import.meta.url));
/** Each with what has to be on it before it is taken. */
const pictures = [
  { name: 'page-live', view: 'live', width: 1440, height: 900, scheme: 'dark', until: 'canvas' },
  {
    name: 'page-visits',
    view: 'visits',
    width: 1440,
    height: 900,
    scheme: 'light',
    until: 'ol.list li:nth-child(5)',
  },
  { name: 'page-hops', view: 'hops', width: 1440, height: 900, scheme: 'dark', until: 'ol.pipeline' },
  { name: 'page-phone', view: 'live', width: 390, height: 844, scheme: 'light', until: 'canvas' },
];
/** How long people come and go before, so that there is something to see: ms. */
const settling = 60_000;

const data = mkdtempSync(join(tmpdir(), 'facepipe-figures-'));
const demo = spawn(process.execPath, [
  path('../../packages/cli/dist/main.js'),
  'demo',
  '--data',
  data,
  '--view',
  '0',
  '--name',
  'front-door',
]);
let browser;
try {
  let url = '';
  for await (const line of createInterface({ input: demo.stderr })) {
    url = /see it happen at (\S+)/.exec(line)?.[1] ?? '';
    if (url) break;
  }
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  await new Promise((resolve) => setTimeout(resolve, settling));
  for (const { name, view, width, height, scheme, until } of pictures) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
    const page = await context.newPage();
    await page.goto(`${url}#/${view}`);
    await page.locator(until).first().waitFor();
    // frames and charts are drawn
    await page.waitForTimeout(3000);
    await sharp(await page.screenshot())
      .webp({ quality: 82 })
      .toFile(path(`${name}.webp`));
    console.log(`docs/figures/${name}.webp`);
    await context.close();
  }
} finally {
  await browser?.close();
  demo.kill();
  rmSync(data, { recursive: true, force: true, maxRetries: 10 });
}
