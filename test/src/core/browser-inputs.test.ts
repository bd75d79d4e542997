import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Face, Verdict } from '@facepipe/core';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { chromiumMissing, launchChromium, openPage } from '../support/browser.js';
import { isolation, makeProject, photoName, photos } from '../support/browser-project.js';
import { firefoxMissing, inFirefox } from '../support/firefox.js';
import { freshFolder } from '../support/program.js';
import { serveSite } from '../support/site.js';

interface Answer {
  faces: Face[];
  verdicts: Verdict[];
}
type Answers = Record<string, Answer>;

const boxes = [{ x: 170, y: 70, width: 110, height: 110 }];
const search = { minSize: 60 };
const question = { photo: photoName, options: {}, search, boxes };

const kinds = ['ImageData', 'ImageBitmap', 'OffscreenCanvas', 'transferred'];
const elements = ['HTMLImageElement', 'HTMLCanvasElement', 'HTMLVideoElement'];
const frames = ['VideoFrame', 'VideoFrame RGBA', 'grey I420', 'grey NV12'];

/** A codec is between a video and its picture, so that its luma is off by one or two: the same face, nearly. */
function assertNearly(said: Answer | undefined, expected: Answer): void {
  const [face, ...others] = said?.faces ?? [];
  const [right] = expected.faces;
  assert.ok(face && right && others.length === 0, JSON.stringify(said));
  for (const side of ['x', 'y', 'width', 'height'] as const)
    assert.ok(Math.abs(face[side] - right[side]) <= 8);
  assert.ok((said?.verdicts[0]?.score ?? 0) > 0.6);
}

function assertAnswers({ raw, grey, ...answers }: Answers, names: readonly string[]): void {
  assert.ok(raw && grey);
  assert.deepEqual(Object.keys(answers).sort(), [...names].sort());
  assert.equal(raw.faces.length, 1);
  assert.equal(grey.faces.length, 1);
  assert.ok((raw.verdicts[0]?.score ?? 0) > 0.6);
  for (const [name, answer] of Object.entries(answers)) {
    if (name === 'HTMLVideoElement') assertNearly(answer, raw);
    // planes are taken as they are: the cascade sees the very luma, and the network colours from the limited range
    else if (name.startsWith('grey')) assert.deepEqual(answer.faces, grey.faces, name);
    else assert.deepEqual(answer, raw, name);
  }
}

suite('what a page has is taken as it is', { skip: chromiumMissing }, () => {
  let project: ReturnType<typeof makeProject>;
  let chromium: Browser;
  before(async () => {
    project = makeProject();
    chromium = await launchChromium('--autoplay-policy=no-user-gesture-required');
  });
  after(async () => {
    await chromium?.close();
    project?.remove();
  });

  for (const [where, headers] of [
    ['isolated', isolation],
    ['not isolated', {}],
  ] as const) {
    test(`in a page that is ${where}, and in its workers, by detectors here and in threads of their own`, async (t) => {
      const site = await serveSite([project.folder, photos], { headers });
      t.after(() => site.close());
      const { page, complaints } = await openPage(chromium, `${site.url}inputs.html`);
      t.after(() => page.close());
      for (const options of [{}, { worker: true }]) {
        for (const inWorker of [false, true]) {
          const asked = { ...question, photo: `${site.url}${photoName}`, options, inWorker };
          const said: Answers = await page.evaluate(`askInputs(${JSON.stringify(asked)})`);
          assertAnswers(said, [...kinds, ...frames, ...(inWorker ? [] : elements)]);
        }
      }
      assert.deepEqual(complaints, []);
    });
  }

  test('what has no picture, or one that may not be read, is refused with one sentence', async (t) => {
    const [site, other] = await Promise.all([serveSite([project.folder, photos]), serveSite([photos])]);
    t.after(() => Promise.all([site.close(), other.close()]));
    const { page } = await openPage(chromium, `${site.url}inputs.html`);
    t.after(() => page.close());
    for (const options of [{}, { worker: true }]) {
      const asked = { photo: `${site.url}${photoName}`, foreign: `${other.url}${photoName}`, options };
      const { afterwards, ...said }: Record<string, { code?: string; message?: string; value?: Face[] }> =
        await page.evaluate(`askRefusals(${JSON.stringify(asked)})`);
      const wait = 'Wait until it has one: a video for loadeddata, an image for decode().';
      const early = 'Hand it over before that; it may be closed as soon as the call has returned.';
      const foreign =
        'shows pixels of another origin, which a page may not read. Let their server send Access-Control-Allow-Origin, and set crossorigin on the element that loads them.';
      const expected = {
        'a new video': `There is no picture in the HTMLVideoElement (its readyState is 0). ${wait}`,
        'a new image': `There is no picture in the HTMLImageElement (it has 0x0 pixels). ${wait}`,
        'an image that loads': `There is no picture in the HTMLImageElement (it is still loading). ${wait}`,
        'a canvas without a side': `There is no picture in the HTMLCanvasElement (it has 0x150 pixels). ${wait}`,
        'a canvas that was given away': `There is no picture in the OffscreenCanvas (it has 0x0 pixels). ${wait}`,
        'a closed bitmap': `The ImageBitmap has been closed. ${early}`,
        'a closed frame': `The VideoFrame has been closed. ${early}`,
        'a closed frame with planes': `The VideoFrame has been closed. ${early}`,
        'an image of another origin': `The HTMLImageElement ${foreign}`,
        'a canvas of another origin': `The HTMLCanvasElement ${foreign}`,
        'a bitmap of another origin': `The ImageBitmap ${foreign}`,
        'an element without pixels':
          'Expected integer of at least 1 for image.width but received undefined of type undefined.',
      };
      const messages = Object.entries(said).map(([name, { message }]) => [name, message]);
      assert.deepEqual(Object.fromEntries(messages), expected);
      assert.equal(afterwards?.value?.length, 1, JSON.stringify(afterwards));
    }
  });

  test('a frame says itself which colours it follows', async (t) => {
    const site = await serveSite([project.folder, photos]);
    t.after(() => site.close());
    const { page } = await openPage(chromium, `${site.url}inputs.html`);
    t.after(() => page.close());
    const asked = { photo: `${site.url}${photoName}`, boxes };
    const said: Record<'frame' | 'named' | 'plain', Verdict[]> = await page.evaluate(
      `askColours(${JSON.stringify(asked)})`,
    );
    assert.ok((said.frame[0]?.score ?? 0) > 0.6, JSON.stringify(said));
    assert.deepEqual(said.frame, said.named);
    assert.notDeepEqual(said.frame, said.plain);
  });

  test('a thread of its own reads the pixels, also of a photograph that its camera held on its side', async (t) => {
    const folder = freshFolder('facepipe-turned-');
    t.after(() => rmSync(folder, { recursive: true }));
    const turned = sharp(join(photos, photoName)).rotate(270).withMetadata({ orientation: 6 });
    await turned.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toFile(join(folder, 'turned.jpg'));
    const site = await serveSite([project.folder, photos, folder]);
    t.after(() => site.close());
    const { page } = await openPage(chromium, `${site.url}inputs.html`);
    t.after(() => page.close());
    const part = { ...search, roi: { x: 101, y: 21, width: 303, height: 305 }, maxFaces: 1, scores: true };
    for (const [photo, search] of [
      [photoName, {}],
      [photoName, part],
      ['turned.jpg', part],
    ] as const) {
      const asked = { photo: `${site.url}${photo}`, search: { minSize: 60, ...search } };
      const said: Record<string, { faces: Face[]; count: number }> = await page.evaluate(
        `askReads(${JSON.stringify(asked)})`,
      );
      const upright = { x: 177, y: 66, width: 97, height: 97 };
      for (const [name, { faces, count }] of Object.entries(said)) {
        const [face, ...others] = faces;
        assert.ok(face && others.length === 0, `${name}: ${JSON.stringify(faces)}`);
        for (const side of ['x', 'y', 'width', 'height'] as const)
          assert.ok(Math.abs(face[side] - upright[side]) <= 4, `${name}: ${JSON.stringify(face)}`);
        assert.deepEqual(faces, said[name.replace(' there', ' here')]?.faces, name);
        assert.equal(count, name.endsWith(' here') ? 1 : 0, name);
      }
    }
  });
});

test('Firefox takes what a page has', { skip: firefoxMissing }, async (t) => {
  const project = makeProject();
  t.after(() => project.remove());
  const site = await serveSite([project.folder, photos]);
  t.after(() => site.close());
  const asked = [{}, { worker: true }].map((options) => ({ ...question, options }));
  const url = `${site.url}inputs.html#${encodeURIComponent(JSON.stringify(asked))}`;
  await inFirefox(url, 'Firefox has answered', () => site.posted.length > 0);
  const said: Answers[] = JSON.parse(site.posted[0] ?? '');
  for (const answers of said) assertAnswers(answers, [...kinds, ...elements, ...frames]);
});
