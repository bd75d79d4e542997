import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { build, createServer, type InlineConfig } from 'vite';
import { chromiumMissing, openPage } from '../support/browser.js';
import {
  type Answer,
  type Answers,
  addOpenCv,
  ask,
  isolation,
  photos,
  type Question,
} from '../support/browser-project.js';
import { inChromium } from '../support/browser-suite.js';
import type { Sent } from '../support/site.js';

const look: Question = {
  detectors: [{}, { cascade: 'frontalface_alt2' }, { cascade: 'lbpcascade_frontalface_improved' }],
  search: { minSize: 30 },
};

suite('a page built by Vite', { skip: chromiumMissing }, () => {
  const chromium = inChromium(look);

  const config = (): InlineConfig => ({ root: chromium.folder, configFile: false, logLevel: 'error' });

  /**
   * The answers of a build to each question, served where it was not told it would be, and what was fetched for them.
   */
  async function askBuilt(
    t: TestContext,
    settings: InlineConfig,
    questions: Question[],
    headers = {},
  ): Promise<{ answers: Answers[]; sent: Sent[] }> {
    await build({ ...config(), ...settings, base: './', build: { outDir: 'built', emptyOutDir: true } });
    const { site, page, complaints } = await chromium.open(t, {
      under: '/some/where/',
      gzip: true,
      headers,
      within: 'built',
    });
    const answers: Answers[] = [];
    for (const question of questions) answers.push(await ask(page, question));
    assert.deepEqual(complaints, []);
    return { answers, sent: site.sent };
  }

  test('finds what Node finds, with kernel and cascades as assets, under any path', async (t) => {
    const { answers, sent } = await askBuilt(t, {}, [look]);
    assert.deepEqual(answers, [chromium.expected]);
    const assets = sent
      .map(({ path }) => path)
      .filter((path) => !/\.(html|js|png)$/.test(path))
      .map((path) => path.replace(/-[\w-]{8}\./, '.'));
    assert.deepEqual(assets.sort(), [
      'assets/frontalface_alt2.cascade',
      'assets/frontalface_default.cascade',
      'assets/haar.wasm',
      'assets/lbpcascade_frontalface_improved.cascade',
    ]);
    assert.deepEqual(
      sent.filter(({ status, path }) => status !== 200 || path.includes('opencv')),
      [],
    );
    t.diagnostic(
      sent
        .filter(({ path }) => !path.endsWith('.png'))
        .map(({ path, bytes }) => `${path} ${bytes}`)
        .join(', '),
    );
  });

  test('a worker finds the same, built into one file or several', async (t) => {
    for (const format of ['iife', 'es'] as const) {
      const { answers } = await askBuilt(t, { worker: { format } }, [{ ...look, inWorker: true }]);
      assert.deepEqual(answers, [chromium.expected], format);
    }
  });

  test('two threads find the same in an isolated page, with workers of either format', async (t) => {
    const question = { ...look, detectors: look.detectors.map((kind) => ({ ...kind, threads: 2 })) };
    const answers = chromium.expected.answers.map((answer) => ({ ...answer, threads: 2 }));
    const wanted = { ...chromium.expected, isolated: true, answers };
    for (const format of ['iife', 'es'] as const) {
      const questions = [question, { ...question, inWorker: true }];
      const built = await askBuilt(t, { worker: { format } }, questions, isolation);
      assert.deepEqual(built.answers, [wanted, wanted], format);
    }
  });

  test('a detector in a thread of its own finds the same, with workers of either format', async (t) => {
    const detectors = look.detectors.map((kind) => ({ ...kind, worker: true, threads: 2 }));
    for (const headers of [isolation, {}]) {
      const isolated = headers === isolation;
      const answers = chromium.expected.answers.map((answer) => ({ ...answer, threads: isolated ? 2 : 1 }));
      const wanted = { ...chromium.expected, isolated, answers };
      for (const format of ['iife', 'es'] as const) {
        const questions = [false, true].map((inWorker) => ({ ...look, detectors, inWorker }));
        const built = await askBuilt(t, { worker: { format } }, questions, headers);
        assert.deepEqual(built.answers, [wanted, wanted], `${format} ${isolated}`);
      }
    }
  });

  test('the development server needs no settings', async (t) => {
    cpSync(photos, chromium.folder, { recursive: true });
    const server = await createServer({
      ...config(),
      server: { host: '127.0.0.1', port: 0, headers: isolation },
    });
    t.after(() => server.close());
    await server.listen();
    const [url] = server.resolvedUrls?.local ?? [];
    assert.ok(url);
    const { page, complaints } = await openPage(chromium.browser, url);
    t.after(() => page.close());
    for (const threads of [1, 2]) {
      const answers = chromium.expected.answers.map((answer) => ({ ...answer, threads }));
      for (const worker of [false, true]) {
        const detectors = look.detectors.map((kind) => ({ ...kind, threads, worker }));
        for (const inWorker of [false, true]) {
          const said = await ask(page, { ...look, detectors, inWorker });
          assert.deepEqual(
            said,
            { ...chromium.expected, isolated: true, answers },
            `${threads} ${worker} ${inWorker}`,
          );
        }
      }
    }
    assert.deepEqual(complaints, []);
  });

  test('the engine opencv is refused where nobody imports it and found where somebody does', async (t) => {
    const question: Question = { ...look, detectors: [{ engine: 'opencv' }] };
    const questions = [question, { ...question, inWorker: true }];
    const without = await askBuilt(t, {}, questions);
    for (const { answers } of without.answers) {
      const [answer] = answers;
      assert.ok(answer && 'message' in answer);
      assert.equal(answer.code, 'FACEPIPE_E_ENGINE_UNAVAILABLE');
      assert.match(answer.message, /Install the package opencv-wasm, version \S+, beside @facepipe\/core/);
    }
    addOpenCv(chromium.folder);
    for (const [file, imported] of [
      ['page.js', '@facepipe/core/opencv'],
      ['worker.js', './node_modules/@facepipe/core/bundle/opencv-web.js'],
    ] as const) {
      const path = join(chromium.folder, file);
      writeFileSync(path, `import '${imported}';\n${readFileSync(path, 'utf8')}`);
    }
    const [first] = chromium.expected.answers;
    assert.ok(first && 'faces' in first);
    const found: Answer = { engine: 'opencv 4.3.0', threads: 1, faces: first.faces };
    // opencv-wasm brings CommonJS and Node's modules, of which a build warns
    const { answers } = await askBuilt(t, {}, questions);
    assert.deepEqual(
      answers.map((one) => one.answers),
      [[found], [found]],
    );
  });
});
