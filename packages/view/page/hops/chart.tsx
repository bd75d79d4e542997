import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import type { ChartView } from '../../src/protocol.js';
import { useColours } from '../parts/theme.js';
import { summary } from '../state/series.js';
import { measure } from '../state/words.js';
import { createPlot, plotData } from './plot.js';

interface Properties {
  chart: ChartView;
  /** Title of its hop. */
  hop: string;
  times: readonly number[];
  values: readonly (number | null)[];
}

/** One chart with its name, its latest value, and the value under the pointer. */
export function Chart({ chart, hop, times, values }: Properties) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [under, setUnder] = useState<number | null>();
  const colours = useColours();
  const { last, most } = summary(values);
  const say = (value: number | undefined): string =>
    value === undefined ? 'not known' : measure(value, chart.unit);

  useEffect(() => {
    const { current } = place;
    if (!current) return;
    const made = createPlot(current, {
      unit: chart.unit,
      colours,
      data: plotData(times, values),
      onPoint: setUnder,
    });
    plot.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: current.clientWidth, height: current.clientHeight }),
    );
    observer.observe(current);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [chart.unit, colours]);
  useEffect(() => plot.current?.setData(plotData(times, values)), [times, values]);

  const text = `${hop}, ${chart.title}: now ${say(last)}, at most ${say(most)} in the last hour`;
  return (
    <figure class="chart">
      <figcaption>
        <span class="hop">{hop}</span>
        <span class="title">{chart.title}</span>
        <span class="value number">
          {under === undefined ? say(last) : under === null ? '–' : say(under)}
        </span>
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={text} />
    </figure>
  );
}
