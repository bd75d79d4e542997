// A page without a bundler, and workers of each kind.
import { createDetector, createVerifier } from '@facepipe/core';
import { answerAddress } from './ask.js';
import { fetchInputs } from './inputs.js';
import { probe } from './probe.js';

const from = new URL('/inputs/', location.href);

/** What it answers to a message that brings the line on which it is to answer. */
function ask(target, names) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    target.postMessage({ from: from.href, names }, [port2]);
  });
}

async function askServiceWorker(file, type, names) {
  const registration = await navigator.serviceWorker.register(file, { type, scope: `/${file}/` });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  await new Promise((resolve) => {
    const look = () => worker.state === 'activated' && resolve();
    worker.onstatechange = look;
    look();
  });
  return ask(worker, names);
}

answerAddress({
  page: async (names) => probe({ createDetector, createVerifier }, await fetchInputs(from), names),
  'module worker': (names) => ask(new Worker('module-worker.js', { type: 'module' }), names),
  'classic worker': (names) => ask(new Worker('classic-worker.js'), names),
  'classic worker, bundled': (names) => ask(new Worker('classic-bundle.js'), names),
  'service worker': (names) => askServiceWorker('service-worker.js', 'module', names),
  'service worker, bundled': (names) => askServiceWorker('service-bundle.js', 'classic', names),
});
