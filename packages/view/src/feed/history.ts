import type { ChartView, Samples } from '../protocol.js';

/** Points of each chart at most, and ms between two: an hour. */
export const samples = { most: 720, every: 5000 } as const;

/** The charts of the last hour. */
export class History {
  readonly #charts = new Map<string, ChartView>();
  #times: number[] = [];
  readonly #values = new Map<string, (number | null)[]>();
  /** Points that were not taken yet. */
  #fresh = 0;

  /** Points from here on have this chart too; before it was not known. */
  add(chart: ChartView): void {
    if (this.#charts.has(chart.chart)) return;
    this.#charts.set(chart.chart, chart);
    this.#values.set(chart.chart, Array(this.#times.length).fill(null));
  }

  get charts(): ChartView[] {
    return [...this.#charts.values()];
  }

  /** One point of every chart; null of those whose value is not known. */
  sample(time: number, values: Readonly<Record<string, number | null>>): void {
    this.#times.push(time);
    for (const [chart, list] of this.#values) list.push(values[chart] ?? null);
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
