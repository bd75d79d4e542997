/** Resolves when the program is told to stop, or rejects with the error of whatever gave up first. */
export function untilStopped(signal: AbortSignal, ...ended: Promise<Error>[]): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    for (const end of ended) end.then(reject, reject);
  });
}
