// A handler of AWS Lambda; its event brings the inputs.
import { createDetector, createVerifier } from '@facepipe/core/inline';
import { probe } from './probe.js';
import { readInputs } from './sent.js';

export async function handler({ inputs, names }) {
  return probe({ createDetector, createVerifier }, readInputs(inputs), names);
}
