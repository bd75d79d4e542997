import * as core from '@facepipe/core';
import { colours, detectInputs, reads, refusals } from './inputs.js';

function askWorker(question) {
  const worker = new Worker(new URL('./inputs-worker.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message || 'the worker does not load'));
    worker.postMessage(question);
  }).finally(() => worker.terminate());
}

// for the test, which asks from outside
globalThis.askInputs = (question) => (question.inWorker ? askWorker(question) : detectInputs(core, question));
globalThis.askRefusals = (question) => refusals(core, question);
globalThis.askColours = (question) => colours(core, question);
globalThis.askReads = (question) => reads(core, question);

// in a browser that no test can ask from outside, questions come in the address, and answers go to the server
if (location.hash) {
  const said = [];
  for (const question of JSON.parse(decodeURIComponent(location.hash.slice(1)))) {
    const photo = new URL(question.photo, location.href).href;
    said.push(await globalThis.askInputs({ ...question, photo }).catch(({ message }) => ({ message })));
  }
  await fetch('answers', { method: 'POST', body: JSON.stringify(said) });
}
