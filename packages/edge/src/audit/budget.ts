/**
 * How much an audit keeps over all devices. A device that would take more gives up places of its own, never another's, and
 * each may always have one stream with one range: whoever invents devices pushes out nobody.
 */
export class Budget {
  readonly #mostStreams: number;
  readonly #mostPieces: number;
  streams = 0;
  /** Ranges, and counts by reason. */
  pieces = 0;

  constructor(streams: number, pieces: number) {
    this.#mostStreams = streams;
    this.#mostPieces = pieces;
  }

  get tooManyStreams(): boolean {
    return this.streams > this.#mostStreams;
  }

  get tooManyPieces(): boolean {
    return this.pieces > this.#mostPieces;
  }

  /** Whether there is no room for one piece more. */
  get spent(): boolean {
    return this.pieces >= this.#mostPieces;
  }
}
