/** The answers of a worker of the page's own, which uses the package as well. */
export function askWorker(from, names) {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message || 'the worker does not load'));
    worker.postMessage({ from: from.href, names });
  }).finally(() => worker.terminate());
}
