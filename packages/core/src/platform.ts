// Classes of the runtime in public types: the caller's own where the types in use have them, as those of Node and the
// library "dom" do, and what has the members in use where they have not.

/** A `URL`. */
export type Url = typeof globalThis extends { URL: { prototype: infer T } } ? T : { readonly href: string };

/** An `AbortSignal`. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer T } }
  ? T
  : { readonly aborted: boolean; readonly reason: unknown };

/** A `WebAssembly.Module`. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } }
  ? T
  : object;

/** A kernel's code: where it is, its bytes, or what WebAssembly.compile made of them. */
export type KernelSource = Url | Uint8Array | ArrayBuffer | WasmModule;
