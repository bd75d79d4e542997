// Takes the picture of the example page in examples/README.md and packages/core/README.md: in a real Chromium, with a
// photograph. Needs a build (`npm run build`) and Chromium.
//
//   node docs/figures/example.mjs
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const path = (file) => fileURLToPath(new URL(file, import.meta.url));
const server = spawn(process.execPath, [path('../../examples/serve.mjs'), '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
let browser;
try {
  const [url] = await once(createInterface({ input: server.stdout }), 'line');
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
  await page.goto(url);
  await page.locator('#picture').setInputFiles(path('../../packages/edge/photos/grace_hopper.jpg'));
  await page.getByRole('status').filter({ hasText: 'face in' }).waitFor();
  // code is warm after some pictures
  const step = page.getByRole('slider', { name: 'Step' });
  for (let round = 0; round < 10; round++) {
    await step.fill(round % 2 === 0 ? '1.15' : '1.1');
    await page.waitForTimeout(200);
  }
  await page.evaluate('document.activeElement.blur()');
  await sharp(await page.screenshot())
    .webp({ quality: 82 })
    .toFile(path('example.webp'));
  console.log('docs/figures/example.webp');
} finally {
  await browser?.close();
  server.kill();
}
