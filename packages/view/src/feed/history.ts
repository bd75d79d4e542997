import type { ChartView, Samples } from '../protocol.js';

/** Points of each chart at most, and ms between two: an hour. */
export const samples = { most: 720, every: 5000 } as const;

/** Undefined at the first point, and where a count began anew. */
function perSecond(before: number | null, now: number | null, ms: number): number | null {
  if (before === null || now === null || now < before || ms <= 0) return null;
  return Math.round(((now - before) / ms) * 1e5) / 100;
}

/** The charts of the last hour. */
export class History {
  readonly #charts = new Map<string, ChartView>();
  #times: number[] = [];
  readonly #values = new Map<string, (number | null)[]>();
  /** Of charts of rates, the count at the last point. */
  readonly #counts = new Map<string, number | null>();
  /** Points that were not taken yet. */
  #fresh = 0;

  /**
   * Points from here on have this chart too; before it was not known.
   * @param rate its values are counts, and what is shown is how many there are a second
   */
  add(chart: ChartView, rate = false): void {
    if (this.#charts.has(chart.chart)) return;
    this.#charts.set(chart.chart, chart);
    if (rate) this.#counts.set(chart.chart, null);
    this.#values.set(chart.chart, Array(this.#times.length).fill(null));
  }

  get charts(): ChartView[] {
    return [...this.#charts.values()];
  }

  /** One point of every chart; null of those whose value is not known. */
  sample(time: number, values: Readonly<Record<string, number | null>>): void {
    const last = this.#times.at(-1);
    this.#times.push(time);
    for (const [chart, list] of this.#values) {
      const value = values[chart] ?? null;
      const counted = this.#counts.get(chart);
      list.push(counted === undefined ? value : perSecond(counted, value, time - (last ?? time)));
      if (counted !== undefined) this.#counts.set(chart, value);
    }
    this.#fresh = Math.min(this.#fresh + 1, samples.most);
    if (this.#times.length <= samples.most) return;
    this.#times.shift();
    for (const list of this.#values.values()) list.shift();
  }

  all(): Samples {
    return this.#from(0);
  }

  /** The points since it was asked last. */
  take(): Samples | undefined {
    if (this.#fresh === 0) return undefined;
    const fresh = this.#from(this.#times.length - this.#fresh);
    this.#fresh = 0;
    return fresh;
  }

  #from(start: number): Samples {
    const values = Object.fromEntries([...this.#values].map(([chart, list]) => [chart, list.slice(start)]));
    return { times: this.#times.slice(start), values };
  }
}
