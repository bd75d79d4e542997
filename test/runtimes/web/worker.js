import { createDetector, createVerifier } from '@facepipe/core';
import { fetchInputs } from './inputs.js';
import { probe } from './probe.js';

self.onmessage = async ({ data: { from, names } }) =>
  self.postMessage(await probe({ createDetector, createVerifier }, await fetchInputs(from), names));
