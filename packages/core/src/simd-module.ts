import { coreError } from './error.js';
import { readUrl } from './read-url.js';

/** What assembly/index.ts exports. */
export interface Kernel {
  memory: WebAssembly.Memory;
  open(at: number, bytes: number): number;
  isTilted(): number;
  room(): number;
  lay(to: number, step: number, stride: number, half: number, tilted: number): number;
  tables(chain: number, places: number): void;
  begin(): void;
  search(): number;
}

/** The kernel's code: where it is, its bytes, or what WebAssembly.compile made of them. */
export type KernelSource = URL | Uint8Array | ArrayBuffer | WebAssembly.Module;

/** Modules and bytes of every realm. */
export function isKernelSource(source: unknown): source is KernelSource {
  const tag = Object.prototype.toString.call(source);
  return (
    source instanceof URL ||
    ['[object WebAssembly.Module]', '[object Uint8Array]', '[object ArrayBuffer]'].includes(tag)
  );
}

function isModule(source: KernelSource): source is WebAssembly.Module {
  return Object.prototype.toString.call(source) === '[object WebAssembly.Module]';
}

function unavailable(reason: string, cause?: unknown): Error {
  const advice =
    'Use a runtime with WebAssembly SIMD (Node 16, Chrome 91, Firefox 89, Safari 16.4 or newer), or choose the engine opencv.';
  return coreError('FACEPIPE_E_ENGINE_UNAVAILABLE', { engine: 'simd', reason, advice }, cause);
}

async function compile(source: KernelSource): Promise<WebAssembly.Module> {
  if (!('WebAssembly' in globalThis)) throw unavailable('this runtime has no WebAssembly');
  if (isModule(source)) return source;
  try {
    const bytes = source instanceof URL ? await readUrl(source) : new Uint8Array(source);
    return await WebAssembly.compile(bytes);
  } catch (error) {
    // an address that cannot be read: the reason is in the middle of its sentence
    const reason =
      error instanceof Error ? (error.cause instanceof Error ? error.cause : error).message : String(error);
    throw unavailable(reason, error);
  }
}

let bundled: Promise<WebAssembly.Module> | undefined;

/** Compiled once for all detectors. @throws FACEPIPE_E_ENGINE_UNAVAILABLE, and tries again at the next call */
export function compileKernel(source?: KernelSource): Promise<WebAssembly.Module> {
  if (source !== undefined) return compile(source);
  bundled ??= compile(new URL('./haar.wasm', import.meta.url)).catch((error: unknown) => {
    bundled = undefined;
    throw error;
  });
  return bundled;
}

/** An instance with a memory of its own. */
export function instantiateKernel(module: WebAssembly.Module): Kernel {
  const abort = () => {
    throw new Error('the kernel stopped');
  };
  return new WebAssembly.Instance(module, { env: { abort } }).exports as unknown as Kernel;
}
