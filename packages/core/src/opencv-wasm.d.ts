/** The package's own types leave this build out: a module with the WebAssembly inside, which runs in browsers. */
declare module 'opencv-wasm/opencv-deno.js' {
  /** the library; in a worker a function that makes it */
  export const cv: unknown;
}
