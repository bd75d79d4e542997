import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { before, suite, test } from 'node:test';
import { modelNames } from '@facepipe/core';
import { build, createServer } from 'vite';
import { chromiumMissing, openPage } from '../support/browser.js';
import { ask, askNode, photos, type Question } from '../support/browser-project.js';
import { inChromium } from '../support/browser-suite.js';

const face = { x: 170, y: 70, width: 110, height: 110 };
const wall = { x: 300, y: 350, width: 60, height: 60 };
const verify: Question['verify'] = { models: [...modelNames], boxes: [face, wall, { ...face, x: -31.5 }] };
const detectors: Question['detectors'] = modelNames.map((model) => ({ engine: 'blaze', model }));
const whole: Question = { detectors, search: { minSize: 40, scores: true }, verify };
/** The same in the page and in a worker, with detectors in theirs and in threads of their own. */
const everywhere: Question[] = [false, true].flatMap((inWorker) =>
  [false, true].map((worker) => ({
    ...whole,
    inWorker,
    detectors: detectors.map((one) => ({ ...one, worker })),
  })),
);
const core = 'node_modules/@facepipe/core/';

suite('BlazeFace in a page', { skip: chromiumMissing }, () => {
  const chromium = inChromium(whole);
  before(() => {
    assert.ok(chromium.expected.answers.every((answer) => 'faces' in answer && answer.faces.length > 0));
    for (const said of chromium.expected.verdicts ?? [])
      assert.ok(Array.isArray(said) && (said[0]?.score ?? 0) > 0.6 && (said[1]?.score ?? 1) < 0.3);
  });

  test('without a bundler a verifier gives the verdict of Node, and fetches one file of weights', async (t) => {
    for (const model of modelNames) {
      const { site, page, complaints } = await chromium.open(t, { gzip: true });
      const asked: Question = { detectors: [], search: {}, verify: { ...verify, models: [model] } };
      const { pixels, verdicts } = await ask(page, asked);
      assert.deepEqual([pixels, verdicts], [chromium.expected.pixels, (await askNode(asked)).verdicts]);
      const fetched = site.sent.filter(({ path }) => path.startsWith(core));
      const others = fetched
        .map(({ path }) => path.slice(core.length))
        .filter((path) => !path.endsWith('.js'));
      assert.deepEqual(others.sort(), ['bundle/blaze.wasm', `weights/${model}.blaze`]);
      t.diagnostic(fetched.map(({ path, bytes }) => `${path.slice(core.length)} ${bytes}`).join(', '));
      assert.ok(site.sent.every(({ status }) => status === 200));
      assert.deepEqual(complaints, []);
    }
  });

  test('without a bundler engine and verifier say what they say in Node, also in workers', async (t) => {
    const { page, complaints } = await chromium.open(t);
    for (const asked of everywhere)
      assert.deepEqual(await ask(page, asked), chromium.expected, JSON.stringify(asked));
    assert.deepEqual(complaints, []);
  });

  test('Vite finds kernel and weights, and only weights in use are fetched', async (t) => {
    for (const format of ['iife', 'es'] as const) {
      await build({
        root: chromium.folder,
        configFile: false,
        logLevel: 'error',
        base: './',
        worker: { format },
        build: { outDir: 'built', emptyOutDir: true },
      });
      const { site, page, complaints } = await chromium.open(t, {
        under: '/some/where/',
        gzip: true,
        within: 'built',
      });
      const short: Question = { ...whole, detectors: [], verify: { ...verify, models: ['short'] } };
      assert.deepEqual((await ask(page, short)).verdicts, chromium.expected.verdicts?.slice(1));
      const assets = site.sent
        .map(({ path }) => path.replace(/-[\w-]{8}\./, '.'))
        .filter((path) => !/\.(html|js|png)$/.test(path));
      // blaze.wasm is under Vite's assetsInlineLimit: it is in a module
      assert.deepEqual(assets, ['assets/short.blaze']);
      for (const asked of everywhere)
        assert.deepEqual(await ask(page, asked), chromium.expected, JSON.stringify(asked));
      assert.ok(site.sent.every(({ status }) => status === 200));
      assert.deepEqual(complaints, []);
    }
  });

  test("Vite's development server finds them without settings", async (t) => {
    cpSync(photos, chromium.folder, { recursive: true });
    const server = await createServer({
      root: chromium.folder,
      configFile: false,
      logLevel: 'error',
      server: { host: '127.0.0.1', port: 0 },
    });
    t.after(() => server.close());
    await server.listen();
    const [url] = server.resolvedUrls?.local ?? [];
    assert.ok(url);
    const { page, complaints } = await openPage(chromium.browser, url);
    t.after(() => page.close());
    for (const asked of everywhere)
      assert.deepEqual(await ask(page, asked), chromium.expected, JSON.stringify(asked));
    assert.deepEqual(complaints, []);
  });
});
