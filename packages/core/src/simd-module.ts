import { coreError } from './error.js';
import { openUrl } from './read-url.js';

/** What assembly/index.ts exports. */
export interface Kernel {
  memory: WebAssembly.Memory;
  open(at: number, bytes: number): number;
  isTilted(): number;
  templateSize(): number;
  buildTemplate(to: number): number;
  programSize(): number;
  layoutProgram(to: number, step: number, stride: number, half: number, tilted: number): number;
  tables(chain: number, places: number): void;
  /** at this row of the layer: a multiple of twice its step */
  begin(first: number): void;
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

/** A function that makes a vector of zeros: (module (func (result v128) (i8x16.splat (i32.const 0)))) */
const vectorProbe = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0, 10, 8, 1, 6, 0, 0x41, 0, 0xfd, 0x0f, 0x0b],
);

const needed = 'Use a runtime with WebAssembly SIMD (Node 16, Chrome 91, Firefox 89, Safari 16.4 or newer)';

/** What this runtime lacks, and what can be done about it. */
function lack(): { reason: string; advice: string } | undefined {
  if (!('WebAssembly' in globalThis)) {
    return { reason: 'this runtime has no WebAssembly', advice: `${needed}.` };
  }
  if (WebAssembly.validate(vectorProbe)) return undefined;
  return {
    reason: 'this runtime has no WebAssembly SIMD',
    advice: `${needed}, or choose the engine opencv.`,
  };
}

/** What is wrong with the code or its address, where the runtime lacks nothing. */
function fault(error: unknown): { reason: string; advice: string } {
  // of an address that cannot be read: the reason is in the middle of its sentence
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return {
    reason: inner instanceof Error ? inner.message : String(inner),
    advice:
      'Let haar.wasm lie beside the module, give its URL or bytes as the option wasm, or choose the engine opencv.',
  };
}

function unavailable(error?: unknown): Error {
  return coreError('FACEPIPE_E_ENGINE_UNAVAILABLE', { engine: 'simd', ...(lack() ?? fault(error)) }, error);
}

/** Compiled while it arrives, where the server gives it the one type that browsers accept for that. */
async function compileUrl(url: URL): Promise<WebAssembly.Module> {
  const opened = await openUrl(url);
  if (opened instanceof Uint8Array) return WebAssembly.compile(opened);
  const type = opened.headers.get('content-type')?.trim().toLowerCase();
  if (type === 'application/wasm' && 'compileStreaming' in WebAssembly) {
    return WebAssembly.compileStreaming(opened);
  }
  return WebAssembly.compile(await opened.arrayBuffer());
}

async function compile(source: KernelSource): Promise<WebAssembly.Module> {
  if (!('WebAssembly' in globalThis)) throw unavailable();
  if (isModule(source)) return source;
  try {
    if (source instanceof URL) return await compileUrl(source);
    return await WebAssembly.compile(new Uint8Array(source));
  } catch (error) {
    throw unavailable(error);
  }
}

async function compileBundled(): Promise<WebAssembly.Module> {
  let url: URL;
  try {
    url = new URL('./haar.wasm', import.meta.url);
  } catch {
    // bundles of CommonJS have no import.meta.url
    throw unavailable(new Error('this module has no address here'));
  }
  return compile(url);
}

let bundled: Promise<WebAssembly.Module> | undefined;

/** Compiled once for all detectors. @throws FACEPIPE_E_ENGINE_UNAVAILABLE, and tries again at the next call */
export function compileKernel(source?: KernelSource): Promise<WebAssembly.Module> {
  if (source !== undefined) return compile(source);
  bundled ??= compileBundled().catch((error: unknown) => {
    bundled = undefined;
    throw error;
  });
  return bundled;
}

/**
 * An instance with a memory of its own. Not by `new WebAssembly.Instance`, which Chrome before 114 refuses a page for
 * more than 4 kB of code.
 * @throws FACEPIPE_E_ENGINE_UNAVAILABLE
 */
export async function instantiateKernel(module: WebAssembly.Module): Promise<Kernel> {
  const abort = () => {
    throw new Error('the kernel stopped');
  };
  try {
    const { exports } = await WebAssembly.instantiate(module, { env: { abort } });
    return exports as unknown as Kernel;
  } catch (error) {
    throw unavailable(error);
  }
}
