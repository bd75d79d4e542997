/** What gzip and then base64 made of haar.wasm and of frontalface_default.cascade: written by build/bundle.mjs. */
declare module '#inline/kernel' {
  export const kernel: string;
}
declare module '#inline/cascade' {
  export const cascade: string;
}
/** Where WebAssembly is imported. */
declare module '#inline/haar.wasm' {
  const kernel: WebAssembly.Module;
  export default kernel;
}
