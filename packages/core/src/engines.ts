import type { BlazeParts } from './blaze-parts.js';
import type { NetworkOptions } from './blaze-source.js';
import { type Cascade, type CascadeFile, type CascadeSource, parsed, readSource } from './cascade.js';
import { windowOf } from './cascade-compact.js';
import type { Engine, Finder } from './engine.js';
import { coreError } from './error.js';
import { toGray } from './gray.js';
import { searchOf } from './option.js';
import type { WasmModule } from './platform.js';
import { openSimd } from './simd.js';
import { compileKernel } from './simd-module.js';
import type { GiveUp } from './thread-count.js';

/** Those that run cascades, and find the same. */
export const cascadeEngineNames = ['simd', 'opencv'] as const;

export type EngineName = (typeof cascadeEngineNames)[number] | 'blaze';

export const engineNames: readonly EngineName[] = [...cascadeEngineNames, 'blaze'];

/** What an engine for cascades is opened with: all of it can be sent to another thread. */
interface CascadeParts {
  engine: (typeof cascadeEngineNames)[number];
  /** XML is parsed where it is used */
  cascade: Cascade | CascadeFile;
  threads: number;
  /** the kernel, for the engine simd */
  module: WasmModule | undefined;
}

export type EngineParts = CascadeParts | BlazeParts;

export interface EngineOptions extends NetworkOptions {
  engine: EngineName;
  cascade: CascadeSource;
  threads: number;
}

/** Loaded on demand: cascades need none of it. @throws FACEPIPE_E_ENGINE_UNAVAILABLE */
async function importBlaze(): Promise<typeof import('./blaze.js')> {
  try {
    return await import('./blaze.js');
  } catch (error) {
    // service workers cannot load code on demand
    const values = {
      engine: 'blaze',
      reason: 'blaze.js cannot be loaded here',
      advice: 'Choose the engine simd.',
    };
    throw coreError('FACEPIPE_E_ENGINE_UNAVAILABLE', values, error);
  }
}

/** @throws FACEPIPE_E_ENGINE_UNAVAILABLE, and what reading the cascade or the weights throws */
export async function loadParts(options: EngineOptions): Promise<EngineParts> {
  const { engine, cascade: source, threads, wasm } = options;
  if (engine === 'blaze') return (await importBlaze()).loadBlaze(options);
  const [cascade, module] = await Promise.all([
    readSource(source),
    engine === 'simd' ? compileKernel(wasm) : undefined,
  ]);
  return { engine, cascade, threads, module };
}

async function openCascade(engine: Engine, parts: CascadeParts, giveUp: GiveUp): Promise<Finder> {
  const { threads } = parts;
  const cascade = await parsed(parts.cascade);
  const classifier = await engine.open(cascade, threads, giveUp);
  return {
    get engine() {
      return classifier.engine ?? engine.name;
    },
    cascade: cascade.name,
    get threads() {
      return classifier.threads;
    },
    window: windowOf(cascade.bytes),
    async detect(image, options) {
      const gray = toGray(image);
      return classifier.detect(gray, searchOf(options, gray));
    },
    close: () => classifier.close(),
  };
}

/**
 * opencv and blaze are loaded on demand: nobody downloads what they do not use.
 * @param giveUp is told why one thread searches alone, where more were to
 * @throws FACEPIPE_E_ENGINE_UNAVAILABLE, and what parsing the cascade throws
 */
export async function openParts(parts: EngineParts, giveUp: GiveUp): Promise<Finder> {
  switch (parts.engine) {
    case 'simd':
      return openCascade(await openSimd(parts.module), parts, giveUp);
    case 'opencv':
      return openCascade(await (await import('./opencv.js')).openOpenCv(), parts, giveUp);
    case 'blaze':
      return (await importBlaze()).openBlaze(parts);
  }
}
