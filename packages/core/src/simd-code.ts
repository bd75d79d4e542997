import type { Arena } from './simd-frame.js';
import type { Kernel } from './simd-module.js';
import type { Layer } from './simd-scale.js';

/** The filters of a cascade as code for a kernel whose memory is divided for images of that width. */
export interface Code {
  width: number;
  module: WebAssembly.Module;
}

/**
 * A function that multiplies as relaxed SIMD does: (module (func (result v128) (i16x8.relaxed_q15mulr_s (i8x16.splat
 * (i32.const 0)) (i8x16.splat (i32.const 0))))). It differs only for −2¹⁵ by −2¹⁵, and contrasts are not negative.
 */
const relaxedProbe = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 15, 1, 13, 0],
  ...[0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x91, 0x02, 0x0b],
);

/** Where their functions are in the kernel's table: in every kernel alike. */
function placesFor(kernel: Kernel, { programs }: Arena): number {
  const count = 2 * kernel.countCode(programs[1]);
  const first = 1;
  const missing = first + count - kernel.table.length;
  if (missing > 0) kernel.table.grow(missing);
  return first;
}

/** The bytes of a module; undefined where there is nothing to make, or no room to make it. */
export function writeCode(kernel: Kernel, arena: Arena): Uint8Array<ArrayBuffer> | undefined {
  const { programs, bytesView, free } = arena;
  if (kernel.countCode(programs[1]) === 0) return undefined;
  const base = placesFor(kernel, arena);
  const relaxed = WebAssembly.validate(relaxedProbe) ? 1 : 0;
  const end = kernel.writeCode(free.from, free.end, programs[1], programs[2], base, relaxed) >>> 0;
  return end === 0 ? undefined : bytesView.slice(free.from + kernel.codeStart(programs[1]), end);
}

/** Puts the module's functions into the kernel's table. @throws where instances are not allowed */
export async function placeCode(kernel: Kernel, arena: Arena, { module }: Code): Promise<void> {
  placesFor(kernel, arena);
  await WebAssembly.instantiate(module, { k: { m: kernel.memory, t: kernel.table } });
}

/** From now on the arena's filters for a grid are the functions in the table, or its tables again. */
export function useCode(kernel: Kernel, arena: Arena, step: Layer['step'], on: boolean): void {
  if (arena.coded[step] === on) return;
  const { programs } = arena;
  const first = placesFor(kernel, arena) + (step === 1 ? 0 : kernel.countCode(programs[1]));
  kernel.useCode(programs[step], on ? first : 0);
  arena.coded[step] = on;
}
