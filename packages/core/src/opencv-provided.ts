let library: unknown;

/** Gives this thread opencv-wasm where it cannot be loaded by its name: opencv-web.ts does. */
export function provideOpenCv(cv: unknown): void {
  library = cv;
}

/** What was given: the library, or in a worker a function that makes it. */
export const providedOpenCv = (): unknown => library;
