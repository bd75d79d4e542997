import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { modelNames } from '@facepipe/core';
import { build } from 'vite';
import { askNode, isolation, makeProject, photos, type Question } from '../support/browser-project.js';
import { askFirefox, firefoxMissing } from '../support/firefox.js';
import { serveSite } from '../support/site.js';

const question: Question = {
  detectors: [
    {},
    { cascade: 'lbpcascade_frontalface_improved' },
    ...modelNames.map((model) => ({ engine: 'blaze', model }) as const),
  ],
  search: { minSize: 30 },
  verify: { models: [...modelNames], boxes: [{ x: 170, y: 70, width: 110, height: 110 }] },
};
const cascades: Question = { detectors: question.detectors.slice(0, 2), search: question.search };
const questions: Question[] = [
  question,
  { ...question, inWorker: true },
  { ...question, detectors: question.detectors.map((one) => ({ ...one, worker: true })) },
  { ...cascades, detectors: cascades.detectors.map((one) => ({ ...one, threads: 2 })) },
];

suite('Firefox finds what Node finds', { skip: firefoxMissing }, () => {
  let project: ReturnType<typeof makeProject>;
  before(() => {
    project = makeProject();
  });
  after(() => project?.remove());

  /** Of the page itself, of a worker, of detectors in threads of their own, and of two threads. */
  async function expected(isolated: boolean) {
    const whole = { ...(await askNode(question)), isolated };
    const two = await askNode(cascades);
    const threads = isolated ? 2 : 1;
    const answers = two.answers.map((answer) => ({ ...answer, threads }));
    return [whole, whole, whole, { ...two, isolated, answers }];
  }

  test('without a bundler, in a page that is isolated and in one that is not', async (t) => {
    for (const headers of [isolation, {}]) {
      const site = await serveSite([project.folder, photos], { headers });
      t.after(() => site.close());
      const { said, complaints } = await askFirefox(site, questions);
      assert.deepEqual(said, await expected(headers === isolation));
      assert.deepEqual(complaints, []);
      assert.deepEqual(
        site.sent.filter(({ status }) => status !== 200),
        [],
      );
    }
  });

  test('built by Vite', async (t) => {
    await build({
      root: project.folder,
      configFile: false,
      logLevel: 'error',
      base: './',
      build: { outDir: 'built', emptyOutDir: true },
    });
    const site = await serveSite([join(project.folder, 'built'), photos], { under: '/some/where/' });
    t.after(() => site.close());
    const { said, complaints } = await askFirefox(site, questions);
    assert.deepEqual(said, await expected(false));
    assert.deepEqual(complaints, []);
  });
});
