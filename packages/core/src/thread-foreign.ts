type WorkerOptions = ConstructorParameters<typeof Worker>[1];

/** The address that a call of `new Worker` has, and its options: a bundler writes them there and nowhere else. */
function askedBy(startWeb: () => Worker): { url: string; options: WorkerOptions } {
  const scope = globalThis as unknown as { Worker: unknown };
  const { Worker } = scope;
  let asked: { url: string; options: WorkerOptions } | undefined;
  scope.Worker = class {
    constructor(url: URL | string, options: WorkerOptions) {
      asked = { url: String(url), options };
    }
  };
  try {
    startWeb();
  } finally {
    scope.Worker = Worker;
  }
  if (!asked) throw new Error('there is no address of a worker');
  return asked;
}

/**
 * Starts a worker whose file is another origin's, such as a CDN's: a page may start none but its own, and that may
 * import from anywhere. Its address is kept, as what it starts has the same.
 */
function startImporting(startWeb: () => Worker): Worker {
  const { url, options } = askedBy(startWeb);
  const address = JSON.stringify(url);
  const code = options?.type === 'module' ? `import ${address};` : `importScripts(${address});`;
  const script = new Blob([code], { type: 'text/javascript' });
  return new Worker(URL.createObjectURL(script), options);
}

/** Starts a worker, of this origin or another. @throws where there are none, or they are not allowed */
export function startAnywhere(startWeb: () => Worker): Worker {
  try {
    return startWeb();
  } catch (error) {
    if (error instanceof Error && error.name === 'SecurityError') return startImporting(startWeb);
    throw error;
  }
}
