import { createDetector, createVerifier } from '@facepipe/core';
import { answerAddress } from './ask.js';
import { askWorker } from './ask-worker.js';
import { fetchInputs } from './inputs.js';
import { probe } from './probe.js';

const from = new URL('/inputs/', location.href);

answerAddress({
  page: async (names) => probe({ createDetector, createVerifier }, await fetchInputs(from), names),
  worker: (names) => askWorker(from, names),
});
