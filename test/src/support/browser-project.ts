import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDetector, type DetectOptions, type Face } from '@facepipe/core';
import type { Page } from 'playwright-core';
import sharp from 'sharp';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** where the pages find the photograph, beside their own folder */
export const photos = join(root, 'packages/edge/photos');
const photo = 'astronaut.png';

/** The headers of a page that may share memory with its workers. */
export const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** What a page is to do: make each of these detectors and look with it. */
export interface Question {
  inWorker?: boolean;
  detectors: { cascade?: string; engine?: 'simd' | 'opencv'; threads?: number; worker?: boolean }[];
  search: DetectOptions;
}

export type Answer = { engine: string; threads: number; faces: Face[] } | { code?: string; message: string };

export interface Answers {
  /** SHA-256 of the RGBA bytes that were looked at */
  pixels: string;
  isolated: boolean;
  answers: Answer[];
}

function npm(args: string[], cwd: string): string {
  return execFileSync('npm', args, {
    ...{ cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    shell: process.platform === 'win32',
  });
}

/** test/pages in a folder of its own with @facepipe/core installed there as from a registry, and nothing else. */
export function makeProject(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-browser-'));
  cpSync(join(root, 'test/pages'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const packed = npm(
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    join(root, 'packages/core'),
  );
  // an array, or an object by package name, as npm's version has it
  const [{ filename } = { filename: '' }] = Object.values(JSON.parse(packed) as { filename: string }[]);
  npm(['install', '--offline', '--ignore-scripts', '--no-fund', '--no-audit', `./${filename}`], folder);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** opencv-wasm as the checkout has it, beside the project's @facepipe/core. */
export function addOpenCv(folder: string): void {
  const path = 'node_modules/opencv-wasm';
  cpSync(join(root, path), join(folder, path), { recursive: true });
}

/** Asks the page, which test/pages/page.js answers. */
export async function ask(page: Page, question: Question): Promise<Answers> {
  const address = new URL(photo, page.url()).href;
  return page.evaluate(`ask(${JSON.stringify({ ...question, photo: address })})`);
}

/** The same question to the same package in this Node. */
export async function askNode({ detectors, search }: Question): Promise<Answers> {
  const { data, info } = await sharp(join(photos, photo))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const answers: Answer[] = [];
  for (const options of detectors) {
    const detector = await createDetector(options);
    const faces = await detector.detect(
      { data, width: info.width, height: info.height, format: 'rgba' },
      search,
    );
    await detector.close();
    answers.push({ engine: detector.engine, threads: detector.threads, faces });
  }
  return { pixels: createHash('sha256').update(data).digest('hex'), isolated: false, answers };
}
