import { argumentError } from '../dist/argument.js';
import { cascadeEngineNames, type EngineName } from '../dist/engines.js';

const wanted = process.env.FACEPIPE_SWEEP_ENGINE ?? 'simd';

function engineNamed(name: string): EngineName {
  const engine = cascadeEngineNames.find((each) => each === name);
  if (!engine) throw argumentError(cascadeEngineNames.join(' or '), 'FACEPIPE_SWEEP_ENGINE', name);
  return engine;
}

/** The engine the sweeps ask: `simd`, or the one FACEPIPE_SWEEP_ENGINE names. */
export const sweptEngine = engineNamed(wanted);
