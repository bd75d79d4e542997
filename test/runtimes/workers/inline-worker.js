// What a bundler makes a classic worker or service worker of.
import { createDetector, createVerifier } from '@facepipe/core/inline';
import { fetchInputs } from './inputs.js';
import { probe } from './probe.js';

self.onmessage = async ({ data: { from, names }, ports: [port] }) =>
  port.postMessage(await probe({ createDetector, createVerifier }, await fetchInputs(from), names));
