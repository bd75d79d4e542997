import { createDetector, createVerifier } from '@facepipe/core';
import { detectPhoto } from './detect.js';

/** A fresh worker's answer to the question. */
function askWorker(question) {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message || 'the worker does not load'));
    worker.postMessage(question);
  }).finally(() => worker.terminate());
}

// for the test, which asks from outside
globalThis.ask = (question) =>
  question.inWorker ? askWorker(question) : detectPhoto({ createDetector, createVerifier }, question);

// in a browser that no test can ask from outside, questions come in the address, and answers go to the server
if (location.hash) {
  const complaints = [];
  addEventListener('error', ({ message }) => complaints.push(message));
  addEventListener('unhandledrejection', ({ reason }) => complaints.push(String(reason)));
  const said = [];
  for (const question of JSON.parse(decodeURIComponent(location.hash.slice(1)))) {
    const photo = new URL(question.photo, location.href).href;
    said.push(await globalThis.ask({ ...question, photo }).catch(({ message }) => ({ message })));
  }
  await fetch('answers', { method: 'POST', body: JSON.stringify({ said, complaints }) });
}
