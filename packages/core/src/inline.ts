// Exported as @facepipe/core/inline: the same as @facepipe/core, with the kernel and the default cascade inside, for
// where there are no files and no network, or where no code can be loaded on demand.
import { kernel } from '#inline/kernel';
import { inside, unpack } from './inside.js';

export * from './index.js';

export const { createDetector, loadCascade } = inside(async () => WebAssembly.compile(await unpack(kernel)));
