import { coreError } from './error.js';

/** In the place of opencv.ts, in `inline`. @throws FACEPIPE_E_ENGINE_UNAVAILABLE */
export function openOpenCv(): never {
  const reason = 'it is not in @facepipe/core/inline';
  throw coreError('FACEPIPE_E_ENGINE_UNAVAILABLE', {
    engine: 'opencv',
    reason,
    advice: 'Import @facepipe/core.',
  });
}
