import { instantiateModule, type KernelFile, kernelCompiler } from './wasm-module.js';

/** What assembly/blaze/index.ts exports; addresses and strides are bytes. */
export interface BlazeKernel {
  memory: WebAssembly.Memory;
  unpack(from: number, to: number, count: number): void;
  convolve(
    ...args: [
      ...[from: number, to: number, weights: number, bias: number, other: number, otherChannels: number],
      ...[width: number, height: number, channels: number, count: number, length: number],
      ...[skip: number, next: number, row: number, relu: boolean],
    ]
  ): void;
  depthwise(
    ...args: [
      ...[from: number, to: number, weights: number, bias: number],
      ...[width: number, height: number, channels: number, stride: number, relu: boolean],
    ]
  ): void;
  pool(from: number, to: number, width: number, height: number, pixel: number): void;
  enlarge(from: number, other: number, to: number, width: number, height: number, pixel: number): void;
  convertRow(y: number, u: number, v: number, luma: number, chroma: number, width: number, to: number): void;
  sampleRow(
    ...args: [
      ...[from: number, bytes: number, firsts: number, weights: number],
      ...[taps: number, width: number, to: number],
    ]
  ): void;
  addRow(from: number, to: number, width: number, weight: number): void;
  writeRow(from: number, to: number, width: number, swap: boolean): void;
}

const file: KernelFile = {
  engine: 'blaze',
  file: 'blaze.wasm',
  address: () => new URL('./blaze.wasm', import.meta.url),
  instead: '',
};

/** Compiled once for all. @throws FACEPIPE_E_ENGINE_UNAVAILABLE, and tries again at the next call */
export const compileBlaze = kernelCompiler(file);

/** An instance with a memory of its own. @throws FACEPIPE_E_ENGINE_UNAVAILABLE */
export const instantiateBlaze = (module: WebAssembly.Module): Promise<BlazeKernel> =>
  instantiateModule<BlazeKernel>(file, module);
