/** Ends many waits early: whoever waits looks again whether what it waits for has come. */
export class Bell {
  readonly #waiting = new Set<() => void>();

  ring(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves when it rings, and after `ms` milliseconds at the latest; without `ms` only when it rings. */
  wait(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = ms === undefined ? undefined : setTimeout(wake, Math.max(0, ms));
      this.#waiting.add(wake);
    });
  }
}
