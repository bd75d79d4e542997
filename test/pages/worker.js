// a worker has no import map: it names the file

import { detectPhoto } from './detect.js';
import { createDetector, createVerifier } from './node_modules/@facepipe/core/bundle/index.js';

self.onmessage = ({ data }) =>
  detectPhoto({ createDetector, createVerifier }, data).then(self.postMessage, self.reportError);
