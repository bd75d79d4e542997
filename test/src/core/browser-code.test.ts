import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Face } from '@facepipe/core';
import type { Page } from 'playwright-core';
import { chromiumMissing } from '../support/browser.js';
import { photoName } from '../support/browser-project.js';
import { inChromium } from '../support/browser-suite.js';

interface Seen {
  engine: string;
  /** how often code was compiled, and what became of it */
  compiled: string[];
  first: Face[];
  last: Face[];
}

/** Detects until code has been compiled or refused, and a while longer; the policy comes when the kernel is there. */
function detectFor(page: Page, policy: string): Promise<Seen> {
  return page.evaluate(`(async () => {
    const { createDetector } = await import('/node_modules/@facepipe/core/bundle/index.js');
    const image = new Image();
    image.src = '/${photoName}';
    await image.decode();
    const detector = await createDetector();
    const meta = document.createElement('meta');
    meta.httpEquiv = 'content-security-policy';
    meta.content = ${JSON.stringify(policy)};
    if (meta.content) document.head.append(meta);
    const compiled = [];
    const { compile } = WebAssembly;
    WebAssembly.compile = (bytes) => compile(bytes).then(
      (module) => { compiled.push('module'); return module; },
      (error) => { compiled.push(error.name); throw error; },
    );
    const detect = () => detector.detect(image, { minSize: 30, scores: true });
    const first = await detect();
    while (compiled.length === 0) {
      await detect();
      await new Promise((resolve) => setTimeout(resolve));
    }
    let last;
    for (let call = 0; call < 30; call++) last = await detect();
    const { engine } = detector;
    await detector.close();
    return { engine, compiled, first, last, after: detector.engine };
  })()`);
}

suite('code for a cascade in a page', { skip: chromiumMissing }, () => {
  const chromium = inChromium({ detectors: [{}], search: { minSize: 30 } });

  test('is compiled in the background, and finds the same', async (t) => {
    const { page, complaints } = await chromium.open(t);
    const { engine, compiled, first, last } = await detectFor(page, '');
    assert.deepEqual(compiled, ['module']);
    assert.match(engine, /^simd [\d.]+$/);
    assert.ok(first.length > 0);
    assert.deepEqual(last, first);
    assert.deepEqual(complaints, []);
  });

  test('is not compiled where the page forbids it: it stays on tables, and the detector says so', async (t) => {
    for (const policy of ["script-src 'self'", "script-src 'self' 'unsafe-inline'"]) {
      const { page } = await chromium.open(t);
      const { engine, compiled, first, last } = await detectFor(page, policy);
      assert.deepEqual(compiled, ['CompileError'], policy);
      assert.match(engine, /^simd [\d.]+ \(tables\)$/);
      assert.ok(first.length > 0);
      assert.deepEqual(last, first);
    }
  });
});
