type WorkerOptions = ConstructorParameters<typeof Worker>[1];

/** A call of `new Worker`. */
interface Asked {
  href: string;
  options: WorkerOptions;
}

/** What `new Worker` would be called with: a bundler writes the address there and nowhere else. */
function askedBy(startWeb: () => Worker): Asked {
  const scope = globalThis as unknown as { Worker: unknown };
  const { Worker } = scope;
  if (Worker === undefined) throw new Error('there are no workers here');
  let asked: Asked | undefined;
  scope.Worker = class {
    constructor(url: URL | string, options: WorkerOptions) {
      asked = { href: new URL(url, location.href).href, options };
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
function startImporting({ href, options }: Asked): Worker {
  const address = JSON.stringify(href);
  const code = options?.type === 'module' ? `import ${address};` : `importScripts(${address});`;
  const script = new Blob([code], { type: 'text/javascript' });
  return new Worker(URL.createObjectURL(script), options);
}

/** Starts a worker, of this origin or another. @throws where there are none, or they are not allowed */
export function startAnywhere(startWeb: () => Worker): Worker {
  // Chrome throws at another origin, Firefox sends an error that says nothing
  const asked = askedBy(startWeb);
  return new URL(asked.href).origin === location.origin ? startWeb() : startImporting(asked);
}
