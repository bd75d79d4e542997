// workers have no import map: they name the file

import { fetchInputs } from './inputs.js';
import { createDetector, createVerifier } from './node_modules/@facepipe/core/bundle/index.js';
import { probe } from './probe.js';

self.onmessage = async ({ data: { from, names }, ports: [port] }) =>
  port.postMessage(await probe({ createDetector, createVerifier }, await fetchInputs(from), names));
