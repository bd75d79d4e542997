/**
 * How much an audit keeps over all devices. A device that would take more gives up places of its own, never another's,
 * and each may always have one stream with one range: whoever invents devices pushes out nobody.
 */
export class Budget {
  readonly #maxStreams: number;
  readonly #maxPieces: number;
  streams = 0;
  /** Ranges, and counts by reason. */
  pieces = 0;

  constructor(streams: number, pieces: number) {
    this.#maxStreams = streams;
    this.#maxPieces = pieces;
  }

  get tooManyStreams(): boolean {
    return this.streams > this.#maxStreams;
  }

  get tooManyPieces(): boolean {
    return this.pieces > this.#maxPieces;
  }

  /** Whether there is no room for one piece more. */
  get spent(): boolean {
    return this.pieces >= this.#maxPieces;
  }
}
