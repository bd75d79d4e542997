// a worker has no import map: it names the file

import { detectInputs } from './inputs.js';
import * as core from './node_modules/@facepipe/core/bundle/index.js';

self.onmessage = ({ data }) => detectInputs(core, data).then(self.postMessage, self.reportError);
