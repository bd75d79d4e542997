/** So many times in a row has a quarter been enough before memory is given back: one small picture is none. */
const often = 16;
const share = 4;
/** Less is not worth the milliseconds that opening takes: bytes. */
const least = 4 * 2 ** 20;

/** How much of a memory that only grows is used, one use after the other. */
export class Usage {
  /** the most that was needed, and the most of the latest uses that needed little */
  #largest = 0;
  #lately = 0;
  #small = 0;

  /** Whether 16 uses in a row, of which this is the last, have needed less than a quarter of the most: bytes. */
  isWasted(bytes: number): boolean {
    this.#largest = Math.max(this.#largest, bytes);
    const isSmall = this.#largest >= least && bytes * share < this.#largest;
    this.#lately = isSmall && this.#small > 0 ? Math.max(this.#lately, bytes) : bytes;
    this.#small = isSmall ? this.#small + 1 : 0;
    if (this.#small < often) return false;
    this.#small = 0;
    return true;
  }

  /** The memory is another now. */
  restart(): void {
    this.#largest = this.#lately;
  }
}

/** Something whose memory only grows, as WebAssembly's does, and that is opened anew after it has grown for nothing. */
export interface Keeper<T> {
  readonly value: T;
  /** What is to do something that takes about so many bytes. */
  for(bytes: number): T;
}

/** Opens it, and another in the background once its memory is wasted. Until then the former one goes on. */
export async function keeper<T>(open: () => Promise<T>): Promise<Keeper<T>> {
  let value = await open();
  const usage = new Usage();

  async function renew(): Promise<void> {
    try {
      value = await open();
      usage.restart();
    } catch {
      // the former one is as good, and this is tried again
    }
  }

  return {
    get value() {
      return value;
    },
    for(bytes) {
      if (usage.isWasted(bytes)) void renew();
      return value;
    },
  };
}
