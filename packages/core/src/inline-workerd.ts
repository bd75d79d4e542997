// Exported as @facepipe/core/inline to workerd, which compiles no WebAssembly that is not imported.
import kernel from '#inline/haar.wasm';
import { inside } from './inside.js';

export * from './index.js';

export const { createDetector, loadCascade } = inside(async () => kernel);
