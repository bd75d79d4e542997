// The type of `import kernel from '@facepipe/core/haar.wasm'`, which a bundler or the runtime resolves.
import type { WasmModule } from './platform.js';

/** Whichever of its address, its bytes and its compiled module importing a .wasm gives there. */
declare const file: string & Uint8Array & WasmModule;

export default file;
