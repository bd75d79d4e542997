import { cascade as text } from '#inline/cascade';
import { isObject } from './argument.js';
import { type Cascade, type CascadeSource, loadCascade as load } from './cascade.js';
import { bundledName } from './cascade-bundle.js';
import { createDetector as create } from './create-detector.js';
import type { Detector, DetectorOptions } from './detector.js';
import { gunzip } from './gunzip.js';
import type { KernelSource } from './platform.js';

const name = 'frontalface_default';

/** Far more than a kernel or a cascade has. */
const most = 2 ** 24;

/** The bytes of which gzip and then base64 made this. */
export async function unpack(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return gunzip(bytes, most);
}

const isInside = (source: unknown): boolean => typeof source === 'string' && bundledName(source) === name;

/** `createDetector` and `loadCascade` with the kernel, that one, and the cascade `frontalface_default` inside. */
export function inside(readKernel: () => Promise<KernelSource>) {
  let kernel: Promise<KernelSource> | undefined;
  let cascade: Promise<Cascade> | undefined;

  function readCascade(): Promise<Cascade> {
    cascade ??= unpack(text).then((bytes) => ({ name, bytes }));
    return cascade;
  }

  async function loadCascade(source: CascadeSource): Promise<Cascade> {
    return isInside(source) ? readCascade() : load(source);
  }

  async function createDetector(options: DetectorOptions = {}): Promise<Detector> {
    // what is no object is refused there, and a network has neither
    if (!isObject(options) || options.engine === 'blaze') return create(options);
    const { engine = 'simd', cascade: source = name, wasm } = options;
    if (engine === 'simd' && wasm === undefined) kernel ??= readKernel();
    const [module, cascade] = await Promise.all([wasm ?? kernel, isInside(source) ? readCascade() : source]);
    return create({ ...options, cascade, ...(engine === 'simd' && module && { wasm: module }) });
  }

  return { createDetector, loadCascade };
}
