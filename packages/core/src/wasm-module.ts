import { coreError } from './error.js';
import type { KernelSource } from './platform.js';
import { openUrl } from './read-url.js';

export type { KernelSource };

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

/**
 * One kernel of this package: whose it is, its file, its address, which may throw, and what else can be done without
 * it.
 */
export interface KernelFile {
  engine: string;
  file: string;
  address(): URL;
  /** the end of a sentence, such as `, or choose the engine opencv` */
  instead: string;
}

/** What this runtime lacks, and what can be done about it. */
function lack({ instead }: KernelFile): { reason: string; advice: string } | undefined {
  if (!('WebAssembly' in globalThis)) {
    return { reason: 'this runtime has no WebAssembly', advice: `${needed}.` };
  }
  if (WebAssembly.validate(vectorProbe)) return undefined;
  return { reason: 'this runtime has no WebAssembly SIMD', advice: `${needed}${instead}.` };
}

/** What is wrong with the code or its address, where the runtime lacks nothing. */
function fault(error: unknown, { file, instead }: KernelFile): { reason: string; advice: string } {
  // of an address that cannot be read: the reason is in the middle of its sentence
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return {
    reason: inner instanceof Error ? inner.message : String(inner),
    advice: `Let ${file} lie beside the module, give its URL or bytes as the option wasm${instead}.`,
  };
}

function unavailable(kernel: KernelFile, error?: unknown): Error {
  const values = { engine: kernel.engine, ...(lack(kernel) ?? fault(error, kernel)) };
  return coreError('FACEPIPE_E_ENGINE_UNAVAILABLE', values, error);
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

async function compile(kernel: KernelFile, source: KernelSource): Promise<WebAssembly.Module> {
  if (!('WebAssembly' in globalThis)) throw unavailable(kernel);
  if (isModule(source)) return source;
  try {
    if (source instanceof URL) return await compileUrl(source);
    return await WebAssembly.compile(new Uint8Array(source));
  } catch (error) {
    throw unavailable(kernel, error);
  }
}

async function compileBundled(kernel: KernelFile): Promise<WebAssembly.Module> {
  let url: URL;
  try {
    url = kernel.address();
  } catch {
    // bundles of CommonJS have no import.meta.url
    throw unavailable(kernel, new Error('this module has no address here'));
  }
  return compile(kernel, url);
}

/**
 * A function that compiles the kernel from a source, or the package's own: that one once for all callers.
 * It throws FACEPIPE_E_ENGINE_UNAVAILABLE, and tries again at the next call.
 */
export function kernelCompiler(kernel: KernelFile): (source?: KernelSource) => Promise<WebAssembly.Module> {
  let bundled: Promise<WebAssembly.Module> | undefined;
  return (source) => {
    if (source !== undefined) return compile(kernel, source);
    bundled ??= compileBundled(kernel).catch((error: unknown) => {
      bundled = undefined;
      throw error;
    });
    return bundled;
  };
}

/**
 * What an instance with a memory of its own exports. Not by `new WebAssembly.Instance`, which Chrome before 114
 * refuses a page for more than 4 kB of code.
 * @throws FACEPIPE_E_ENGINE_UNAVAILABLE
 */
export async function instantiateModule<Exports>(
  kernel: KernelFile,
  module: WebAssembly.Module,
): Promise<Exports> {
  const abort = () => {
    throw new Error('the kernel stopped');
  };
  try {
    const { exports } = await WebAssembly.instantiate(module, { env: { abort } });
    return exports as unknown as Exports;
  } catch (error) {
    throw unavailable(kernel, error);
  }
}
