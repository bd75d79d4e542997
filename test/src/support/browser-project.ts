import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Box,
  createDetector,
  createVerifier,
  type DetectOptions,
  type EngineName,
  type Face,
  type ModelName,
  type Verdict,
} from '@facepipe/core';
import type { Page } from 'playwright-core';
import sharp from 'sharp';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** where the pages find the photograph, beside their own folder */
export const photos = join(root, 'packages/edge/photos');
export const photoName = 'astronaut.png';

/** The headers of a page that may share memory with its workers. */
export const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** What a page is to do: make each of these detectors and look with it, and ask each of these verifiers. */
export interface Question {
  inWorker?: boolean;
  detectors: {
    cascade?: string;
    engine?: EngineName;
    model?: ModelName;
    threads?: number;
    worker?: boolean;
  }[];
  search: DetectOptions;
  verify?: { models: ModelName[]; boxes: Box[] };
}

interface Failure {
  code?: string;
  message: string;
}

export type Answer = { engine: string; threads: number; faces: Face[] } | Failure;

export interface Answers {
  /** SHA-256 of the RGBA bytes that were looked at */
  pixels: string;
  isolated: boolean;
  answers: Answer[];
  /** of each model that was asked for */
  verdicts?: (Verdict[] | Failure)[];
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
  const address = new URL(photoName, page.url()).href;
  return page.evaluate(`ask(${JSON.stringify({ ...question, photo: address })})`);
}

/** The same question to the same package in this Node. */
export async function askNode({ detectors, search, verify }: Question): Promise<Answers> {
  const { data, info } = await sharp(join(photos, photoName))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const image = { data, width: info.width, height: info.height, format: 'rgba' } as const;
  const answers: Answer[] = [];
  for (const options of detectors) {
    const detector = await createDetector(options);
    const faces = await detector.detect(image, search);
    await detector.close();
    answers.push({ engine: detector.engine, threads: detector.threads, faces });
  }
  const verdicts: Verdict[][] = [];
  for (const model of verify?.models ?? []) {
    const verifier = await createVerifier({ model });
    verdicts.push(await verifier.verify(image, verify?.boxes ?? []));
    await verifier.close();
  }
  const pixels = createHash('sha256').update(data).digest('hex');
  return { pixels, isolated: false, answers, ...(verify && { verdicts }) };
}
