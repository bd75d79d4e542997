/// <reference lib="esnext.disposable" />

/** What `await using` calls. Where the runtime has no such symbol, compilers such as esbuild use that of this name. */
export const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? (Symbol.for('Symbol.asyncDispose') as typeof Symbol.asyncDispose);
