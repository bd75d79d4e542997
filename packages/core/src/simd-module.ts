import { instantiateModule, type KernelFile, kernelCompiler } from './wasm-module.js';

/** What assembly/index.ts exports. */
export interface Kernel {
  memory: WebAssembly.Memory;
  /** of functions made later */
  table: WebAssembly.Table;
  open(at: number, bytes: number): number;
  isTilted(): number;
  needsHalves(): number;
  templateSize(): number;
  buildTemplate(to: number): number;
  programSize(): number;
  layoutProgram(to: number, step: number, stride: number, half: number, tilted: number): number;
  tables(chain: number, places: number): void;
  /** at this row of the layer: a multiple of twice its step */
  begin(first: number): void;
  search(): number;
  /** functions that code for a program has */
  countCode(program: number): number;
  /** bytes it needs before the module that it writes */
  codeStart(program: number): number;
  writeCode(from: number, end: number, one: number, two: number, base: number, relaxed: number): number;
  useCode(program: number, base: number): void;
}

const file: KernelFile = {
  engine: 'simd',
  file: 'haar.wasm',
  address: () => new URL('./haar.wasm', import.meta.url),
  instead: ', or choose the engine opencv',
};

/** Compiled once for all detectors. @throws FACEPIPE_E_ENGINE_UNAVAILABLE, and tries again at the next call */
export const compileKernel = kernelCompiler(file);

/** An instance with a memory of its own. @throws FACEPIPE_E_ENGINE_UNAVAILABLE */
export const instantiateKernel = (module: WebAssembly.Module): Promise<Kernel> =>
  instantiateModule<Kernel>(file, module);
