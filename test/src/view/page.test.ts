import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Feed, serveView } from '@facepipe/view';
import { connect, decodeStatus, topicFilters } from '@facepipe/wire';
import type { Browser } from 'playwright-core';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { chromiumMissing, launchChromium, openPage } from '../support/browser.js';
import { firefoxMissing, inFirefox } from '../support/firefox.js';
import { addressOf, watch } from '../support/page.js';
import { freshFolder, start } from '../support/program.js';
import { until } from '../support/until.js';

const browsing = { skip: chromiumMissing, timeout: 600_000 };
const patient = { timeout: 300_000 };
let browser: Browser | undefined;
before(async () => {
  if (chromiumMissing === false) browser = await launchChromium();
});
after(() => browser?.close());

async function open(url: string) {
  assert.ok(browser);
  return openPage(browser, url);
}

test(
  'the demo’s page shows the camera, its visits, and each picture’s way to the store',
  browsing,
  async () => {
    const program = start(['demo', '--data', freshFolder('facepipe-page-'), '--view', '0', '--name', 'door']);
    const url = await addressOf(program);
    const { page, complaints } = await open(url);
    await page.getByText('640 × 480').waitFor(patient);
    await page.goto(`${url}#/visits`);
    await page
      .getByText(/Stored, with receipt/)
      .first()
      .waitFor(patient);
    await page
      .locator('ol.list a')
      .filter({ hasText: /Stored, with receipt/ })
      .first()
      .click();
    const link = page.getByRole('link', { name: /object/i });
    await link.waitFor(patient);
    const object = await page.request.get(new URL((await link.getAttribute('href')) ?? '', url).href);
    assert.equal(object.status(), 200);
    assert.equal(object.headers()['content-type'], 'image/png');
    await page.goto(`${url}#/hops`);
    for (const name of ['Camera', 'Edge broker', 'Forwarder', 'Cloud broker', 'Sink', 'Store'])
      await page.locator('ol.pipeline > li.up', { hasText: name }).first().waitFor(patient);
    await page.goto(`${url}#/areas`);
    await page.getByRole('heading', { level: 1, name: 'Areas' }).waitFor(patient);
    await program.stop();
    await page
      .getByText(/Connection lost/)
      .first()
      .waitFor(patient);
    // the server that is gone is the browser’s own complaint
    assert.deepEqual(
      complaints.filter((text) => !/ERR_CONNECTION_REFUSED|WebSocket connection/.test(text)),
      [],
    );
    await page.close();
  },
);

test('a broker that is killed is red on the page, and green once it is back', {
  ...browsing,
  skip: chromiumMissing || mosquittoMissing,
}, async (t) => {
  const broker = await startMosquitto({});
  t.after(() => broker.stop());
  const program = start([
    ...['capture', '--source', 'demo', '--name', 'door', '--broker', broker.url, '--view', '0'],
  ]);
  const { page } = await open(`${await addressOf(program)}#/hops`);
  const hop = (state: string) => page.locator(`ol.pipeline > li.${state}`, { hasText: 'Edge broker' });
  await hop('up').waitFor(patient);
  await broker.crash();
  await hop('down').waitFor(patient);
  await page.getByRole('heading', { name: 'Problems' }).waitFor(patient);
  await broker.restart();
  await hop('up').waitFor(patient);
  await program.stop();
  await page.close();
});

test('with a token, who does not know it sees nothing; who enters it sees the page', browsing, async () => {
  const token = 'correct horse battery';
  const file = join(freshFolder('facepipe-token-'), 'token');
  writeFileSync(file, `${token}\n`);
  const program = start([
    ...['demo', '--data', freshFolder('facepipe-page-'), '--view', '0.0.0.0:0', '--view-token-file', file],
  ]);
  const { port } = new URL(await addressOf(program));
  const { page } = await open(`http://127.0.0.1:${port}/`);
  await page.getByLabel('Token').fill('a guess');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This is not the token.').waitFor(patient);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('640 × 480').waitFor(patient);
  assert.doesNotMatch(page.url(), /correct/);
  await page.reload();
  await page.getByText('640 × 480').waitFor(patient);
  assert.equal((await page.context().cookies())[0]?.httpOnly, true);
  assert.equal(
    program.lines.some((line) => line.includes(token)),
    false,
  );
  await program.stop();
  await page.close();
});

test('a capture’s page elsewhere without a token is refused in one sentence', async () => {
  const program = start(['capture', '--source', 'demo', '--view', '0.0.0.0:0']);
  const { code, stderr } = await program.ended;
  assert.equal(code, 2);
  assert.match(stderr, /The page on 0\.0\.0\.0 would show the camera to everybody .* --view-token-file/);
});

test('the page runs in Firefox: it draws the camera’s frames', {
  timeout: 300_000,
  skip: firefoxMissing,
}, async () => {
  const feed = new Feed({
    version: '1',
    mode: 'demo',
    title: 'door',
    video: true,
    objects: false,
    steps: [],
  });
  const view = await serveView({ feed, port: 0 });
  const gray = { width: 64, height: 48, channels: 1 as const, data: new Uint8Array(64 * 48).fill(90) };
  let number = 0;
  // the next one is wanted only once the page has drawn the one before the last
  await inFirefox(view.url, 'Firefox has drawn five frames', () => {
    if (view.camera.wanted) {
      number++;
      const frame = {
        number,
        captured: new Date(),
        full: gray,
        still: false,
        candidates: [],
        pixels: () => gray,
      };
      void view.camera.show(frame);
    }
    return number > 7;
  });
  await view.close();
});

test('people who look are counted in the status', { timeout: 300_000, skip: mosquittoMissing }, async (t) => {
  const broker = await startMosquitto({});
  t.after(() => broker.stop());
  const program = start([
    'capture',
    '--source',
    'demo',
    '--name',
    'door',
    '--broker',
    broker.url,
    '--view',
    '0',
  ]);
  const page = await watch(await addressOf(program), true);
  const link = await connect({ url: broker.url }, AbortSignal.timeout(300_000));
  const counts: (number | undefined)[] = [];
  await link.subscribe(topicFilters.status, async ({ payload }) => {
    counts.push(decodeStatus(payload)?.viewers);
  });
  await until('one is counted', () => counts.includes(1));
  await until('frames are shown', () => page.frames > 3);
  page.close();
  await until('nobody is counted', () => counts.at(-1) === 0);
  await link.close();
  await program.stop();
});
