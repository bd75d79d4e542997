import type { Code } from './simd-code.js';
import type { Searcher } from './simd-search.js';
import { Trial } from './simd-trial.js';

/**
 * How long a cascade is searched with before code is made for it: it takes about as long to compile, and who looks at
 * one picture is not to wait for that, nor to have a processor taken.
 */
const worthMilliseconds = 200;

/** Lets the event loop turn once, where there is a way: who only awaits detections would never see code compiled. */
function turn(): Promise<void> | undefined {
  return 'setImmediate' in globalThis ? new Promise((resolve) => setImmediate(resolve)) : undefined;
}

/** Makes code for a cascade's filters in the background, again for wider images; until it is ready tables are used. */
export class Coder {
  /** Of each searcher the width that code was made for last, and what was spent since. Weak: one is replaced. */
  readonly #known = new WeakMap<Searcher, { width: number; spent: number }>();
  #code: Code | undefined;
  #making: Promise<void> | undefined;
  #isRefused = false;
  #isClosed = false;

  /** What other threads may use as well. */
  get code(): Code | undefined {
    return this.#code;
  }

  /** Whether code cannot be compiled here: tables are used for good. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** After a search that took so long. Resolves at once, or after a turn of the event loop while code is compiled. */
  async after(searcher: Searcher, milliseconds: number): Promise<void> {
    if (this.#making) await turn();
    else this.#note(searcher, milliseconds);
  }

  close(): void {
    this.#isClosed = true;
    this.#code = undefined;
  }

  #note(searcher: Searcher, milliseconds: number): void {
    if (this.#isRefused || this.#isClosed) return;
    const known = this.#known.get(searcher) ?? { width: 0, spent: 0 };
    this.#known.set(searcher, known);
    const { width } = searcher;
    if (width === known.width) return;
    known.spent += milliseconds;
    if (known.spent < worthMilliseconds) return;
    Object.assign(known, { width, spent: 0 });
    const bytes = searcher.writeCode();
    if (!bytes) return;
    this.#making = this.#make(searcher, bytes, width).finally(() => {
      this.#making = undefined;
    });
  }

  async #make(searcher: Searcher, bytes: Uint8Array<ArrayBuffer>, width: number): Promise<void> {
    try {
      const code = { module: await WebAssembly.compile(bytes), width };
      if (this.#isClosed) return;
      await searcher.adopt(code, new Trial());
      this.#code = code;
    } catch {
      // a page's rules: no 'wasm-unsafe-eval'
      this.#isRefused = true;
    }
  }
}
