import type { DeviceReport, Range, Standing } from '@facepipe/edge/audit';
import { printable } from '@facepipe/service';

/** Ranges shown of each kind; JSON has them all. */
const maxShown = 20;

const total = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((sum, n) => sum + n, 0);

/** `3-7, 9`. */
function formatRanges(ranges: readonly Range[]): string {
  const shown = ranges.slice(0, maxShown).map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  const more = ranges.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more ranges`] : [])].join(', ');
}

/** A table with one row a device, and below each row the numbers that it is about. */
export function formatAudit(reports: readonly DeviceReport[]): string {
  const head = ['device', 'seen', 'stored', 'outstanding', 'missing', 'dropped', 'dead', 'repeats'];
  const rows = reports.map((report) => [
    printable(report.device),
    ...[
      report.seen,
      report.stored,
      report.outstanding,
      report.missing,
      report.dropped,
      total(report.dead),
      report.repeats,
    ].map(String),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ');
  return [line(head), ...rows.flatMap((row, i) => [line(row), ...detailsOf(reports[i])])].join('\n');
}

function detailsOf(report: DeviceReport | undefined): string[] {
  if (!report) return [];
  const reasons = Object.entries(report.dead).map(
    ([reason, count]) => `  dead  ${printable(reason)} ${count}`,
  );
  const streams = report.streams.flatMap(({ stream, outstanding, missing, dropped }) =>
    Object.entries({ outstanding, missing, dropped })
      .filter(([, ranges]) => ranges.length > 0)
      .map(([kind, ranges]) => `  ${kind}  ${stream}  seq ${formatRanges(ranges)}`),
  );
  return [...streams, ...reasons];
}

/** One line on where the fleet stands. */
export function formatStanding(standing: Standing): string {
  return Object.entries(standing)
    .map(([name, count]) => `${name} ${count}`)
    .join('  ');
}
