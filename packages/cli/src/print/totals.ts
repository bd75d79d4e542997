/** What a run did, with the members that apply to the command. */
export interface RunTotals {
  frames?: number;
  /** Pictures that could not be read; only where there were some. */
  corrupt?: number;
  captured?: number;
  /** Of these, whole frames that faces were in; only where they are sent. */
  contexts?: number;
  published?: number;
  /** Of these, faces that an earlier run had captured; only where there were some. */
  earlier?: number;
  forwarded?: number;
  stored?: number;
  duplicates?: number;
  dead?: number;
  spooled?: number;
  lost?: number;
  /** Of the demo's own scene, whose visits are known. */
  visits?: number;
  pictures?: number;
  missed?: number;
  false?: number;
}

/**
 * `frames 100, captured 74, published 122 (48 from an earlier run), …`: the last line on stdout.
 * With `--json` the object itself.
 */
export function formatTotals(totals: RunTotals, json: boolean): string {
  if (json) return JSON.stringify(totals);
  const { earlier, ...counts } = totals;
  const before = earlier === undefined ? '' : ` (${earlier} from an earlier run)`;
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}${name === 'published' ? before : ''}`)
    .join(', ');
}

/** Of the scene, in a status line: `visits 4  pictures 4  missed 0  false 0`. */
export function formatVisits(
  totals: Required<Pick<RunTotals, 'visits' | 'pictures' | 'missed' | 'false'>>,
): string {
  const { visits, pictures, missed } = totals;
  return `visits ${visits}  pictures ${pictures}  missed ${missed}  false ${totals.false}`;
}

/**
 * What a demo leaves behind: `152 faces, 3.1 MB, are kept in /home/me/facepipe-data/bucket`.
 * @param noun what they are; with contexts not all are faces
 */
export function formatKept(
  folder: string,
  { faces, bytes }: { faces: number; bytes: number },
  noun: 'face' | 'picture' = 'face',
): string {
  const unit = bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  const count = faces === 1 ? `1 ${noun}` : `${faces} ${noun}s`;
  return `${count}, ${unit}, ${faces === 1 ? 'is' : 'are'} kept in ${folder}: open it to see them, remove it when done`;
}
