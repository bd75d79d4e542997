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
