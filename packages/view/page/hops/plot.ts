import uPlot from 'uplot';
import type { Colours } from '../parts/theme.js';
import { pastOf } from '../state/series.js';
import { measure } from '../state/words.js';

/** Seconds, as the library counts, and the values; a gap where one is null. */
export function plotData(times: readonly number[], values: readonly (number | null)[]): uPlot.AlignedData {
  return [times.map((time) => time / 1000), times.map((_, index) => values[index] ?? null)];
}

interface PlotOptions {
  unit: string;
  colours: Colours;
  data: uPlot.AlignedData;
  /** The value under the pointer: null in a gap, undefined when it is away. */
  onPoint: (value: number | null | undefined) => void;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** From 0 upwards, over the last hour; its pointer is that of all charts. */
export function createPlot(place: HTMLElement, { unit, colours, data, onPoint }: PlotOptions): uPlot {
  const axis: uPlot.Axis = {
    stroke: colours.quiet,
    font: '11px system-ui, sans-serif',
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
  };
  return new uPlot(
    {
      width: place.clientWidth,
      height: place.clientHeight,
      legend: { show: false },
      cursor: { sync: { key: 'hops' }, drag: { x: false, y: false }, y: false, points: { size: 7 } },
      scales: {
        x: { range: (_plot, min, max) => [max - pastOf(min * 1000, max * 1000) / 1000, max] },
        y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.15 : 1] },
      },
      series: [
        {},
        { stroke: colours.accent, width: 1.5, fill: colours.fill, spanGaps: false, points: { show: false } },
      ],
      axes: [
        {
          ...axis,
          size: 22,
          gap: 4,
          space: 64,
          grid: { show: false },
          values: (_plot, ticks) => ticks.map((tick) => clock.format(tick * 1000)),
        },
        {
          ...axis,
          size: 46,
          gap: 4,
          space: 26,
          values: (_plot, ticks) => ticks.map((tick) => shortMeasure(tick, unit)),
        },
      ],
      hooks: {
        setCursor: [
          ({ cursor, data: [, values] }) => {
            const { idx } = cursor;
            onPoint(idx === null || idx === undefined ? undefined : (values?.[idx] ?? null));
          },
        ],
      },
    },
    data,
    place,
  );
}

/** Of an axis, which says its unit only where the value would mean nothing without it. */
function shortMeasure(value: number, unit: string): string {
  if (value === 0) return '0';
  return unit === 'ms' || unit === 'bytes' ? measure(value, unit) : measure(value, '').trim();
}
