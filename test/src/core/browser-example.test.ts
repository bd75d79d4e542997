import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { build } from 'vite';
import { chromiumMissing, launchChromium, openPage } from '../support/browser.js';
import { photos } from '../support/browser-project.js';
import { serveSite } from '../support/site.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const astronaut = join(photos, 'astronaut.png');
const folder = mkdtempSync(join(tmpdir(), 'facepipe-example-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The example as `npm run example` serves it. */
async function serveExample(t: TestContext): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'examples/serve.mjs'), '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill());
  const [url] = await once(createInterface({ input: child.stdout }), 'line');
  return String(url);
}

async function open(t: TestContext, url: string, ...flags: string[]) {
  const browser = await launchChromium(...flags);
  t.after(() => browser.close());
  return openPage(browser, url);
}

const says = (page: Page, pattern: RegExp) => page.getByRole('status').filter({ hasText: pattern }).waitFor();

interface Shown {
  x: number;
  y: number;
  side: number;
}

async function facesOf(page: Page): Promise<Shown[]> {
  const items = await page.locator('#faces li').allTextContents();
  return items.map((text) => {
    const [, x, y, side] = /^x (\d+), y (\d+), (\d+)×\3, \d+ neighbours$/.exec(text) ?? [];
    return { x: Number(x), y: Number(y), side: Number(side) };
  });
}

/** Green pixels on the canvas along the upper edge of a face's frame. */
function greenAlong(page: Page, { x, y, side }: Shown): Promise<number> {
  return page.evaluate(`{
    const { data } = document.getElementById('view').getContext('2d').getImageData(${x}, ${y}, ${side}, 1);
    data.filter((_, at) => at % 4 === 1 && data[at] === 0xe0 && data[at - 1] === 0).length;
  }`);
}

async function expectAstronaut(page: Page): Promise<void> {
  await says(page, /^1 face in [\d.]+ ms, 512×512 pixels$/);
  const [face, ...more] = await facesOf(page);
  assert.deepEqual([face, more], [{ x: 177, y: 66, side: 97 }, []]);
  assert.ok(face && (await greenAlong(page, face)) > 90, 'a frame is drawn around the face');
}

suite('the example page', { skip: chromiumMissing }, () => {
  test('finds the face in a picture that is chosen, and in one that is dropped', async (t) => {
    const url = await serveExample(t);
    const { page, complaints } = await open(t, url);
    assert.equal(await page.evaluate('crossOriginIsolated'), true);
    await page.locator('#picture').setInputFiles(astronaut);
    await expectAstronaut(page);
    await page.locator('#picture').setInputFiles(join(photos, 'camera.png'));
    await says(page, /^0 faces in /);
    await page.evaluate(`(async () => {
      const bytes = Uint8Array.from(atob('${readFileSync(astronaut).toString('base64')}'), (c) => c.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], 'astronaut.png', { type: 'image/png' }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    })()`);
    await expectAstronaut(page);
    await page.getByLabel('Look for').selectOption('lbpcascade_frontalface_improved');
    await page.getByText('x 188, y 86, 73×73').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('searches again as its sliders say, and goes back to how it was', async (t) => {
    const { page, complaints } = await open(t, await serveExample(t));
    await page.locator('#picture').setInputFiles(astronaut);
    await expectAstronaut(page);
    const smallest = page.getByRole('slider', { name: 'Smallest face' });
    await smallest.fill('40');
    await says(page, /^0 faces in /);
    await page.getByText('40 % of the picture').waitFor();
    await smallest.fill('8');
    await page.getByRole('slider', { name: 'Neighbours' }).fill('0');
    await says(page, /^\d\d faces in /);
    await page.getByRole('slider', { name: 'Longer side' }).fill('320');
    await says(page, /, 320×320 pixels$/);
    await page.getByLabel('Look for').selectOption('eye');
    await page.getByRole('button', { name: 'Reset' }).click();
    await expectAstronaut(page);
    assert.equal(await page.getByLabel('Look for').inputValue(), 'frontalface_alt2');
    assert.deepEqual(complaints, []);
  });

  test('says what is no picture', async (t) => {
    const { page } = await open(t, await serveExample(t));
    await page
      .locator('#picture')
      .setInputFiles({ name: 'note.png', mimeType: 'image/png', buffer: Buffer.from('hello') });
    await says(page, /^note\.png is not a picture that this browser can read\./);
  });

  test('finds the face in what a camera sees, until it is stopped', async (t) => {
    const video = join(folder, 'camera.mjpeg');
    const picture = await sharp(astronaut)
      .resize(480, 480)
      .extend({ left: 80, right: 80 })
      .jpeg({ quality: 95 })
      .toBuffer();
    // motion JPEG is one JPEG after another
    writeFileSync(video, Buffer.concat(Array(10).fill(picture)));
    const { page, complaints } = await open(
      t,
      await serveExample(t),
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${video}`,
    );
    const start = page.getByRole('button', { name: 'Start the camera' });
    await start.click();
    await says(page, /^1 face in [\d.]+ ms, 640×480 pixels$/);
    const [face] = await facesOf(page);
    assert.ok(face);
    // where the face is in the photograph, scaled and moved as the video has it
    const expected = { x: 80 + (177 * 480) / 512, y: (66 * 480) / 512, side: (97 * 480) / 512 };
    for (const key of ['x', 'y', 'side'] as const) {
      assert.ok(
        Math.abs(face[key] - expected[key]) <= 8,
        `${key} is ${face[key]}, not about ${expected[key]}`,
      );
    }
    // it goes on to further frames, also where the browser does not announce them
    for (const announced of [true, false]) {
      if (!announced) {
        await page.evaluate('delete HTMLVideoElement.prototype.requestVideoFrameCallback');
        await start.click();
      }
      await says(page, /^1 face in/);
      const former = await page.getByRole('status').textContent();
      await page
        .getByRole('status')
        .filter({ hasNotText: former ?? '' })
        .waitFor();
      await page.getByRole('button', { name: 'Stop the camera' }).click();
      await start.waitFor();
    }
    assert.deepEqual(complaints, []);
  });

  test('says that there is no camera, that it was refused, and that the page is not secure', async (t) => {
    const url = await serveExample(t);
    const start = async (page: Page) => page.getByRole('button', { name: 'Start the camera' }).click();

    const without = await open(t, url, '--use-fake-ui-for-media-stream');
    await start(without.page);
    await says(without.page, /^There is no camera here\. Choose a picture instead\.$/);

    const refused = await open(t, url, '--use-fake-device-for-media-stream', '--deny-permission-prompts');
    await start(refused.page);
    await says(refused.page, /^The camera was refused\. Allow it /);

    const insecure = url.replace('localhost', 'faces.test');
    const { page } = await open(t, insecure, '--host-resolver-rules=MAP faces.test 127.0.0.1');
    await start(page);
    await says(page, /^Browsers give the camera to https:\/\/ and localhost only\./);
    await page.locator('#picture').setInputFiles(astronaut);
    await expectAstronaut(page);
  });

  test('works on a phone’s screen, built by Vite', async (t) => {
    await build({
      root: join(root, 'examples/browser'),
      base: './',
      configFile: false,
      logLevel: 'error',
      build: { outDir: join(folder, 'built'), emptyOutDir: true },
    });
    const site = await serveSite([join(folder, 'built')], { under: '/faces/' });
    t.after(() => site.close());
    const { page, complaints } = await open(t, site.url);
    await page.setViewportSize({ width: 360, height: 640 });
    await page.locator('#picture').setInputFiles(astronaut);
    await expectAstronaut(page);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.ok(Number(overflow) <= 0, 'nothing is wider than the screen');
    assert.deepEqual(complaints, []);
  });
});

test('the example in Node prints the face', () => {
  const program = join(root, 'examples/node/detect.mjs');
  const output = execFileSync(process.execPath, [program, astronaut], { encoding: 'utf8' });
  assert.match(output, /astronaut\.png \[ \{ x: 177, y: 66, width: 97, height: 97, neighbors: \d+ \} \]/);
});
