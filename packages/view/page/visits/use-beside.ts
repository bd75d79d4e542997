import { useRef } from 'preact/hooks';
import type { VisitRow } from '../state/visit-rows.js';

/** What nobody chose stands beside the list for this long, ms, before a newer one takes its place. */
const stays = 5000;

/** The visit that stands beside the list: the one that is open, else the newest with a picture, calmly. */
export function useBeside(rows: readonly VisitRow[], opened: VisitRow | undefined): VisitRow | undefined {
  const held = useRef<{ id: string; since: number } | undefined>(undefined);
  if (opened) return opened;
  const kept = rows.find(({ id }) => id === held.current?.id);
  if (kept && held.current && Date.now() - held.current.since < stays) return kept;
  const newest = rows.find(({ pictures }) => pictures.length > 0);
  if (newest && newest.id !== held.current?.id) held.current = { id: newest.id, since: Date.now() };
  return newest;
}
