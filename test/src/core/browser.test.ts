import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { chromiumMissing, launchChromium, openPage } from '../support/browser.js';
import { addOpenCv, ask, askNode, isolation, photos, type Question } from '../support/browser-project.js';
import { inChromium } from '../support/browser-suite.js';
import { serveSite } from '../support/site.js';

const kinds: Question['detectors'] = [
  {},
  { cascade: 'frontalface_alt2' },
  { cascade: 'lbpcascade_frontalface_improved' },
];
const look: Question = { detectors: kinds, search: { minSize: 30 } };
const raw: Question = { detectors: kinds, search: { minNeighbors: 0 } };

const core = 'node_modules/@facepipe/core/';

suite('a page without a bundler', { skip: chromiumMissing }, () => {
  const chromium = inChromium(look);
  before(() => {
    assert.ok(chromium.expected.answers.every((answer) => 'faces' in answer && answer.faces.length > 0));
  });

  test('finds what Node finds and fetches the modules, haar.wasm and one cascade', async (t) => {
    const { site, page, complaints } = await chromium.open(t, { gzip: true });
    const [first] = kinds;
    assert.ok(first);
    const { answers, pixels } = await ask(page, { ...look, detectors: [first] });
    assert.deepEqual([pixels, answers], [chromium.expected.pixels, chromium.expected.answers.slice(0, 1)]);
    const fetched = site.sent.filter(({ path }) => path.startsWith(core));
    const others = fetched.filter(({ path }) => !path.endsWith('.js')).map(({ path }) => path);
    assert.deepEqual(others.sort(), [
      `${core}bundle/haar.wasm`,
      `${core}cascades/frontalface_default.cascade`,
    ]);
    const own = site.sent.filter((one) => !fetched.includes(one)).map(({ path }) => path);
    assert.deepEqual(own.sort(), ['astronaut.png', 'detect.js', 'index.html', 'page.js']);
    assert.ok(!fetched.some(({ path }) => path.includes('opencv')));
    assert.ok(site.sent.every(({ status }) => status === 200));
    const bytes = fetched.reduce((sum, one) => sum + one.bytes, 0);
    t.diagnostic(
      `${fetched.length} files, ${bytes} bytes gzipped: ${fetched.map((one) => `${one.path.slice(core.length)} ${one.bytes}`).join(', ')}`,
    );
    assert.ok(bytes < 100_000, `${bytes} bytes`);
    assert.deepEqual(await ask(page, look), chromium.expected);
    assert.deepEqual(await ask(page, raw), await askNode(raw));
    assert.deepEqual(complaints, []);
  });

  test('a module worker finds the same', async (t) => {
    const { page, complaints } = await chromium.open(t);
    assert.deepEqual(await ask(page, { ...look, inWorker: true }), chromium.expected);
    assert.deepEqual(complaints, []);
  });

  test('two threads find the same, and one does where the page is not isolated', async (t) => {
    const question = { ...look, detectors: kinds.map((kind) => ({ ...kind, threads: 2 })) };
    for (const headers of [isolation, {}]) {
      const { page, complaints } = await chromium.open(t, { headers });
      const isolated = headers === isolation;
      const threads = isolated ? 2 : 1;
      const answers = chromium.expected.answers.map((answer) => ({ ...answer, threads }));
      for (const inWorker of [false, true]) {
        assert.deepEqual(await ask(page, { ...question, inWorker }), {
          ...chromium.expected,
          isolated,
          answers,
        });
      }
      assert.deepEqual(complaints, []);
    }
  });

  test('a detector in a thread of its own finds the same, in an isolated page and in one that is not', async (t) => {
    for (const headers of [isolation, {}]) {
      const { site, page, complaints } = await chromium.open(t, { headers });
      const isolated = headers === isolation;
      for (const asked of [1, 2]) {
        const detectors = kinds.map((kind) => ({ ...kind, threads: asked, worker: true }));
        const threads = isolated ? asked : 1;
        const answers = chromium.expected.answers.map((answer) => ({ ...answer, threads }));
        for (const inWorker of [false, true]) {
          const said = await ask(page, { ...look, detectors, inWorker });
          assert.deepEqual(said, { ...chromium.expected, isolated, answers });
        }
      }
      assert.ok(site.sent.some(({ path }) => path === `${core}bundle/detector-worker.js`));
      assert.ok(site.sent.every(({ status }) => status === 200));
      assert.deepEqual(complaints, []);
    }
  });

  test('a page that may not start workers is told so, and searches without', async (t) => {
    const headers = { 'content-security-policy': "worker-src 'none'" };
    const { page } = await chromium.open(t, { headers });
    const { answers } = await ask(page, { ...look, detectors: [{ worker: true }, { threads: 2 }] });
    assert.deepEqual(answers[1], chromium.expected.answers[0]);
    const [refused] = answers;
    assert.ok(refused && 'message' in refused);
    assert.equal(refused.code, 'FACEPIPE_E_WORKER_UNAVAILABLE');
    assert.match(
      refused.message,
      /^No thread for a detector can be started here \([^\n]+\)\. Let detector-worker\.js/,
    );
  });

  test('why threads search alone is said once, in a page and in a thread of its own', async (t) => {
    const cases = [
      [{}, 'the page is not cross-origin isolated'],
      [{ ...isolation, 'content-security-policy': "worker-src 'none'" }, 'a worker did not start'],
    ] as const;
    for (const [headers, reason] of cases) {
      const { page } = await chromium.open(t, { headers });
      for (const options of [
        { threads: 2 },
        ...(headers === cases[0][0] ? [{ threads: 2, worker: true }] : []),
      ]) {
        const said: { codes: string[]; messages: string[]; threads: number } =
          await page.evaluate(`(async () => {
          const { createDetector } = await import('@facepipe/core');
          const warnings = [];
          const onWarning = (warning) => warnings.push(warning);
          const detector = await createDetector({ ...${JSON.stringify(options)}, onWarning });
          const image = { data: new Uint8Array(640 * 480), width: 640, height: 480, format: 'gray' };
          for (let round = 0; round < 3; round++) await detector.detect(image);
          await detector.close();
          const [codes, messages] = ['code', 'message'].map((key) => warnings.map((warning) => warning[key]));
          return { codes, messages, threads: detector.threads };
        })()`);
        assert.deepEqual([said.codes, said.threads], [['FACEPIPE_E_THREADS_UNAVAILABLE'], 1]);
        assert.ok(said.messages[0]?.startsWith(`One thread searches alone (${reason}`), said.messages[0]);
      }
    }
    const { page } = await chromium.open(t, { headers: isolation });
    const threads = await page.evaluate(`(async () => {
      const { createDetector } = await import('@facepipe/core');
      const detector = await createDetector({ threads: 'auto', onWarning: (warning) => { throw warning; } });
      await detector.close();
      return detector.threads - Math.min(4, navigator.hardwareConcurrency);
    })()`);
    assert.equal(threads, 0);
  });

  test('compiles the kernel as it arrives, and from its bytes where the server misnames its type', async (t) => {
    for (const [type, streams] of [
      ['application/wasm', true],
      ['Application/WASM', true],
      ['application/wasm; charset=utf-8', false],
      ['application/octet-stream', false],
      ['text/html', false],
    ] as const) {
      const { site, page, complaints } = await chromium.open(t, { types: { '.wasm': type } });
      await page.evaluate(`{
        const { compileStreaming } = WebAssembly;
        globalThis.streamed = 0;
        WebAssembly.compileStreaming = (response) => { streamed++; return compileStreaming(response); };
      }`);
      assert.deepEqual(await ask(page, look), chromium.expected, type);
      assert.equal(await page.evaluate('streamed'), streams ? 1 : 0, type);
      assert.equal(site.sent.filter(({ path }) => path.endsWith('.wasm')).length, 1, type);
      assert.deepEqual(complaints, [], type);
      await page.close();
    }
  });

  test('the engine opencv is for pages that import it, and is refused to others, with what to do', async (t) => {
    addOpenCv(chromium.folder);
    const question: Question = { ...look, detectors: [{ engine: 'opencv' }] };
    const { site, page } = await chromium.open(t, { gzip: true });
    for (const inWorker of [false, true]) {
      const [answer] = (await ask(page, { ...question, inWorker })).answers;
      assert.ok(answer && 'message' in answer);
      assert.equal(answer.code, 'FACEPIPE_E_ENGINE_UNAVAILABLE');
      assert.match(
        answer.message,
        /Install the package opencv-wasm, [^\n]* and import @facepipe\/core\/opencv where you import @facepipe\/core/,
      );
    }
    const mapped = await openPage(chromium.browser, `${site.url}opencv.html`);
    t.after(() => mapped.page.close());
    const { answers } = await ask(mapped.page, question);
    const [first] = chromium.expected.answers;
    assert.ok(first && 'faces' in first);
    assert.deepEqual(answers, [{ engine: 'opencv 4.3.0', threads: 1, faces: first.faces }]);
    assert.deepEqual(mapped.complaints, []);
    const bytes = site.sent.filter(({ path }) => path.includes('opencv-wasm')).map((one) => one.bytes);
    t.diagnostic(`opencv-wasm: ${bytes.reduce((sum, one) => sum + one, 0)} bytes gzipped`);
  });

  for (const [lack, flag, reason, skip] of [
    [
      'SIMD',
      '--no-enable-sse4-1',
      'WebAssembly SIMD',
      process.arch === 'x64' ? false : 'the flag that takes SIMD from V8 is for x64',
    ],
    ['WebAssembly', '--jitless', 'WebAssembly', false],
  ] as const) {
    test(`a browser without ${lack} is told so`, { skip }, async (t) => {
      const lacking = await launchChromium(`--js-flags=${flag}`);
      t.after(() => lacking.close());
      const site = await serveSite([chromium.folder, photos]);
      t.after(() => site.close());
      const { page } = await openPage(lacking, site.url);
      const { answers } = await ask(page, look);
      for (const answer of answers) {
        assert.ok('message' in answer);
        assert.equal(answer.code, 'FACEPIPE_E_ENGINE_UNAVAILABLE');
        assert.ok(
          answer.message.includes(`(this runtime has no ${reason}). Use a runtime with`),
          answer.message,
        );
        assert.equal(/or choose the engine opencv\.$/.test(answer.message), lack === 'SIMD', answer.message);
      }
    });
  }
});
