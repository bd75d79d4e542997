/** Parts to close at the end, last opened first; one that fails does not keep the others open. */
export class Closing {
  readonly #steps: (() => Promise<unknown>)[] = [];

  /** Remembers a part and gives it back. */
  add<T extends { close(): Promise<unknown> }>(part: T): T {
    this.#steps.push(() => part.close());
    return part;
  }

  afterwards(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Closes everything; throws the first error once all is closed. */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (const step of this.#steps.reverse()) await step().catch((error) => errors.push(error));
    this.#steps.length = 0;
    if (errors.length > 0) throw errors[0];
  }
}
