import { usePage } from '../link/page.js';
import { pastOf } from '../state/series.js';
import { coarse } from '../state/words.js';
import { Chart } from './chart.js';

const hour = 3_600_000;

/** Small charts of the last hour, by hop, all over the same time. */
export function HopCharts() {
  const { charts, hops, samples, told } = usePage();
  const past = pastOf(samples.times[0], samples.times.at(-1));
  const known = [...charts.values()];
  const names = [...new Set(known.map(({ hop }) => hop))];
  return (
    <section class="charts" aria-labelledby="charts">
      <h2 id="charts">{past < hour ? `The last ${coarse(past)}` : 'The last hour'}</h2>
      {told && known.length === 0 && <p class="quiet">Nothing is measured yet.</p>}
      <div class="multiples">
        {names.map((hop) =>
          known
            .filter((chart) => chart.hop === hop)
            .map((chart) => (
              <Chart
                key={chart.chart}
                chart={chart}
                hop={hops.get(hop)?.title ?? hop}
                times={samples.times}
                values={samples.values[chart.chart] ?? []}
              />
            )),
        )}
      </div>
    </section>
  );
}
