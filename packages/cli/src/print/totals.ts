/** What a run did, with the members that apply to the command. */
export interface RunTotals {
  frames?: number;
  /** Pictures that could not be read; only where there were some. */
  corrupt?: number;
  captured?: number;
  published?: number;
  forwarded?: number;
  stored?: number;
  duplicates?: number;
  dead?: number;
  spooled?: number;
  lost?: number;
}

/** `frames 100, captured 152, …`: the last line on stdout; with `--json` the object itself. */
export function formatTotals(totals: RunTotals, json: boolean): string {
  if (json) return JSON.stringify(totals);
  return Object.entries(totals)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
