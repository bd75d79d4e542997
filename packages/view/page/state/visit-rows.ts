import type { PictureView, VisitView } from '../../src/protocol.js';

/** A visit with its pictures; or a picture of which no visit is known. */
export interface VisitRow {
  /** Of the visit, else of the picture. */
  id: string;
  device: string;
  begin: number;
  visit?: VisitView;
  /** The latest last; none while a visit has none yet. */
  pictures: readonly PictureView[];
}

/** The newest first. */
export function visitRows(
  visits: ReadonlyMap<string, VisitView>,
  pictures: ReadonlyMap<string, PictureView>,
  device?: string,
): readonly VisitRow[] {
  const ofVisit = new Map<string, PictureView[]>();
  for (const picture of pictures.values()) {
    const id = picture.visit ?? picture.id;
    const known = ofVisit.get(id);
    if (known) known.push(picture);
    else ofVisit.set(id, [picture]);
  }
  const rows: VisitRow[] = [];
  for (const visit of visits.values()) {
    const own = (ofVisit.get(visit.visit) ?? []).sort((a, b) => a.captured - b.captured);
    ofVisit.delete(visit.visit);
    rows.push({ id: visit.visit, device: visit.device, begin: visit.begin, visit, pictures: own });
  }
  for (const [id, own] of ofVisit) {
    own.sort((a, b) => a.captured - b.captured);
    const [first] = own;
    if (first) rows.push({ id, device: first.device, begin: first.captured, pictures: own });
  }
  const shown = device === undefined ? rows : rows.filter((row) => row.device === device);
  return shown.sort((a, b) => b.begin - a.begin || (a.id < b.id ? 1 : -1));
}

/** The picture that stands for a row: the one of the best quality, else the latest. */
export function bestPicture({ pictures }: VisitRow): PictureView | undefined {
  return pictures.reduce<PictureView | undefined>(
    (best, next) => (best && (best.quality ?? 0) > (next.quality ?? 0) ? best : next),
    undefined,
  );
}

/** The rows as far as `top`, and how many newer ones there are. Without a `top`, all. */
export function rowsFrom(
  rows: readonly VisitRow[],
  top: number | undefined,
): { rows: readonly VisitRow[]; newer: number } {
  if (top === undefined) return { rows, newer: 0 };
  const newer = rows.findIndex((row) => row.begin <= top);
  return newer < 0 ? { rows: [], newer: rows.length } : { rows: rows.slice(newer), newer };
}
