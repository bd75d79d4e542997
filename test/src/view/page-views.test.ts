import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, suite, test } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { chromiumMissing, launchChromium } from '../support/browser.js';
import { until } from '../support/until.js';
import { device, face, look, picture, play, serveStage, visit } from './page-stage.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What a view has once it is there. */
const views = {
  live: 'text=frames/s',
  visits: '.list img',
  hops: '.plot canvas',
  areas: '.point',
} as const;

/** Rules that a page breaks, with where. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations: found } = (await page.evaluate('axe.run()')) as AxeResults;
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

const isWider = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > innerWidth');

suite('the page in Chromium', { skip: chromiumMissing }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1920]) {
      test(`every view, ${colorScheme}, ${width} pixels wide: no rule of accessibility is broken`, async (t) => {
        const stage = await serveStage(t);
        await play(t, stage);
        const size = { colorScheme, viewport: { width, height: 800 } };
        const { page, complaints } = await look(t, browser, stage.view.url, size);
        for (const [view, sign] of Object.entries(views)) {
          await page.goto(`${stage.view.url}#/${view}`);
          await page.locator(sign).first().waitFor();
          assert.deepEqual(await violations(page), [], view);
          assert.equal(await isWider(page), false, `${view} has to be scrolled aside`);
        }
        await page.goto(`${stage.view.url}#/visits?open=${visit.past}`);
        await page.locator('.detail img').waitFor();
        assert.deepEqual(await violations(page), [], 'an open visit');
        assert.deepEqual(complaints, []);
      });
    }
  }

  test('frames are drawn, asked for only while they are shown, and what was left out on demand', async (t) => {
    const stage = await serveStage(t);
    await play(t, stage);
    const { camera } = stage.view;
    const { page } = await look(t, browser, stage.view.url);
    await page.locator(views.live).waitFor();
    const first =
      'document.querySelector(".screen canvas").getContext("2d").getImageData(256, 256, 1, 1).data[3]';
    assert.equal(await page.evaluate(first), 255);
    await page.getByRole('button', { name: 'Show left out' }).click();
    await page.getByRole('button', { name: 'Show left out (1)' }).waitFor();
    await page.getByRole('link', { name: 'Hops' }).click();
    // one that was on its way may still come; then none is wanted
    const { number: last = 0 } = camera.shown ?? {};
    await page.locator(views.hops).first().waitFor();
    await until(
      'no frame is wanted',
      () => camera.wanted === undefined && (camera.shown?.number ?? 0) <= last + 1,
    );
    await page.getByRole('link', { name: 'Live' }).click();
    await until('frames come again', () => (camera.shown?.number ?? 0) > last + 2);
  });

  test('a picture is shown as it comes, and its way as it goes', async (t) => {
    const stage = await serveStage(t);
    await play(t, stage);
    const { page } = await look(t, browser, stage.view.url);
    const latest = page.locator('.latest li').first();
    await latest.getByText('Waits for the spool').waitFor();
    for (const step of ['spooled', 'edge'] as const) stage.feed.step(picture.now, step);
    await latest.getByText('Waits to be forwarded').waitFor();
    for (const step of ['forwarded', 'stored', 'receipt'] as const) stage.feed.step(picture.now, step);
    await latest.getByText('Stored, with receipt').waitFor();
    stage.feed.dead(picture.now, 'it is damaged');
    await latest.getByText('Not delivered: it is damaged').waitFor();
    await latest.getByRole('link').click();
    await page.waitForURL(`**#/visits?open=${visit.now}`);
    await page.getByRole('link', { name: 'Open the object in the store' }).waitFor();
  });

  test('while one reads, the list stays where it is', async (t) => {
    const stage = await serveStage(t);
    await play(t, stage);
    const begin = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
    for (let n = 0; n < 30; n++) {
      const id = `01JD00000000000000000001${n + 10}`;
      stage.feed.visit(device, { type: 'begin', visit: id, begin: begin(200 + n), active: 0 });
    }
    const { page } = await look(t, browser, `${stage.view.url}#/visits`);
    await page.locator('.list li').nth(30).waitFor();
    const top = 'document.querySelector(".list li a").hash';
    const before = await page.evaluate(top);
    await page.evaluate('scrollTo(0, 900)');
    await until('the page knows that it is scrolled', async () => (await page.evaluate('scrollY')) === 900);
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    );
    stage.feed.visit(device, {
      type: 'begin',
      visit: '01JD0000000000000000000200',
      begin: begin(-1),
      active: 1,
    });
    const newer = page.getByRole('button', { name: '1 new' });
    await newer.waitFor();
    assert.equal(await page.evaluate(top), before);
    await newer.click();
    await until('the new one is on top', async () => String(await page.evaluate(top)).includes('0200'));
  });

  test('a hop that is down says so in words, in every view, until it is up', async (t) => {
    const stage = await serveStage(t);
    await play(t, stage);
    const { page } = await look(t, browser, `${stage.view.url}#/hops`);
    const hop = page.locator('.pipeline li', { hasText: 'Edge broker' });
    await hop.getByText('Up').waitFor();
    stage.feed.hop({
      hop: 'edge',
      state: 'down',
      reason: 'It cannot be reached.',
      help: 'https://example.com/',
    });
    await hop.getByText('Down').waitFor();
    await hop.getByText('It cannot be reached.').waitFor();
    assert.equal(
      await hop.getByRole('link', { name: 'What to do' }).getAttribute('href'),
      'https://example.com/',
    );
    await page.getByRole('link', { name: 'Hops 1 down' }).waitFor();
    stage.feed.hop({ hop: 'edge', state: 'up' });
    await hop.getByText('Up').waitFor();
    await page.getByRole('link', { name: 'Hops', exact: true }).waitFor();
  });

  test('areas are drawn by keyboard alone', async (t) => {
    const stage = await serveStage(t);
    await play(t, stage);
    const { page } = await look(t, browser, `${stage.view.url}#/areas`);
    const flags = page.locator('.flags');
    await page.locator('.point').first().focus();
    assert.equal(await flags.textContent(), '--exclude "0.1,0.1 0.3,0.1 0.3,0.3"');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Delete'); // three points stay
    assert.equal(await flags.textContent(), '--exclude "0.11,0.101 0.3,0.1 0.3,0.3"');
    await page.getByRole('button', { name: 'Include', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Point 3 of 4' }).press('Delete');
    assert.match((await flags.textContent()) ?? '', /^--include "0.34,0.34 0.64,0.34 0.34,0.74"\n--exclude/);
  });

  test('areas are drawn by a pointer', async (t) => {
    const stage = await serveStage(t);
    await play(t, stage);
    const { page } = await look(t, browser, `${stage.view.url}#/areas`);
    await page.locator('.point').first().waitFor();
    // the first picture gives the place its shape
    await page.getByText('Waiting for the first picture').waitFor({ state: 'detached' });
    const box = await page.locator('.editor').boundingBox();
    assert.ok(box);
    const drag = async (from: [number, number], to: [number, number]): Promise<void> => {
      await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
      await page.mouse.down();
      await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 4 });
      await page.mouse.up();
    };
    const corners = async (): Promise<number[][]> => {
      const text = (await page.locator('.flags').textContent()) ?? '';
      const [, polygon = ''] = text.split('"');
      return polygon
        .split(' ')
        .map((corner) => corner.split(',').map((place) => Number(Number(place).toFixed(1))));
    };
    await drag([0.1, 0.1], [0.2, 0.2]);
    assert.deepEqual(
      await corners(),
      [
        [0.2, 0.2],
        [0.3, 0.1],
        [0.3, 0.3],
      ],
      'a point',
    );
    await drag([0.3, 0.2], [0.9, 0.2]);
    assert.deepEqual(
      await corners(),
      [
        [0.2, 0.2],
        [0.3, 0.1],
        [0.9, 0.2],
        [0.3, 0.3],
      ],
      'one between two',
    );
    await drag([0.5, 0.2], [0.5, 0.6]);
    assert.deepEqual(
      await corners(),
      [
        [0.2, 0.6],
        [0.3, 0.5],
        [0.9, 0.6],
        [0.3, 0.7],
      ],
      'all of it',
    );
  });

  test('who has no token sees nothing, and gets in with it', async (t) => {
    const token = 'correct horse battery';
    const stage = await serveStage(t, { token });
    await play(t, stage);
    const { page } = await look(t, browser, stage.view.url);
    const field = page.getByLabel('Token');
    await field.fill('a wrong one');
    await field.press('Enter');
    await page.getByRole('alert').getByText('This is not the token.').waitFor();
    assert.deepEqual(await violations(page), []);
    assert.equal(stage.feed.viewers, 0);
    await field.fill(token);
    await field.press('Enter');
    await page.locator(views.live).waitFor();
    assert.ok(!page.url().includes('token'));
    await page.getByRole('button', { name: 'Sign out' }).click();
    await field.waitFor();
  });

  test('a server that is gone is said, and found again with what happened meanwhile', async (t) => {
    const stage = await serveStage(t);
    await play(t, stage);
    const { page } = await look(t, browser, stage.view.url);
    await page.locator('.latest li').nth(1).waitFor();
    await stage.view.close();
    await page.getByText('Connection lost.').waitFor();
    assert.equal(await page.locator('.latest li').count(), 2, 'what was known stays');
    assert.deepEqual(await violations(page), []);
    const again = await serveStage(t, { port: stage.view.port });
    await play(t, again);
    face(again.feed, '01JD0000000000000000000013', visit.now, new Uint8Array());
    await page.locator('.latest li').nth(2).waitFor();
    assert.equal(await page.getByText('Connection lost.').count(), 0);
  });
});
