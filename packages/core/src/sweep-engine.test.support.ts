import { type EngineName, engineNames } from './engine.js';

const wanted = process.env.FACEPIPE_SWEEP_ENGINE ?? 'simd';

/** The engine the sweeps ask: `simd`, or the one FACEPIPE_SWEEP_ENGINE names. */
export const sweptEngine: EngineName = engineNames.find((name) => name === wanted) ?? 'opencv';
