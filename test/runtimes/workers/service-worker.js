// A service worker can import nothing on demand.

import { fetchInputs } from './inputs.js';
import { createDetector, createVerifier } from './node_modules/@facepipe/core/bundle/inline.js';
import { probe } from './probe.js';

self.onmessage = (event) => {
  const {
    data: { from, names },
    ports: [port],
  } = event;
  const answer = async () => probe({ createDetector, createVerifier }, await fetchInputs(from), names);
  event.waitUntil?.(answer().then((answers) => port.postMessage(answers)));
};
