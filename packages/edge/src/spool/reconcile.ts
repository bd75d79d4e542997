import type { Inventory } from './inventory.js';
import type { Mark } from './mark.js';
import type { SeqRange } from './range.js';
import type { SpoolEntry } from './spool-entry.js';
import type { EarlierStream } from './state.js';
import { type FoundFace, placeName, type Survey } from './survey.js';

/** What is known of a spool after a doubt. */
export interface Finding {
  stream: string;
  earlier: readonly EarlierStream[];
  /** The last ones given, as far as anything tells. */
  seq: number;
  id: string;
  /** The faces that are there, in the order of their seqs. */
  entries: SpoolEntry[];
  /** Those of them that the index did not have, or not where they are. */
  changed: SpoolEntry[];
  /** How many the index did not have. */
  recovered: number;
  /** Those that the index has and the files have not. */
  lost: SpoolEntry[];
  /** Numbers that were given, and that neither has: these faces left the spool before, or are lost. */
  unknown: SeqRange[];
}

export interface Evidence {
  inventory: Inventory;
  survey: Survey;
  /** Whether the survey is of all files. */
  all: boolean;
  mark: Mark | undefined;
  /** Files of faces that are there. */
  files: number;
  /** Whom a face is owed to when nothing tells. */
  brokers: readonly string[];
  /** Milliseconds of the spool's time. */
  now: number;
  /** A ULID for a stream, where one must begin. */
  newStream: string;
}

/** A new stream goes on at the next multiple, so that no number comes twice in any stream. */
const streamStep = 100_000;

/** What the index, the files and the mark say together. Pure: it decides, and touches nothing. */
export function reconcile(evidence: Evidence): Finding {
  const { inventory, survey, mark, brokers, now } = evidence;
  const { state, flaw } = inventory;
  const whole = flaw === undefined;
  // in a whole index one beyond its counters is of a write that failed
  const last = whole ? (state?.seq ?? 0) : Number.POSITIVE_INFINITY;
  const known = inventory.entries.filter(({ seq }) => seq <= last && seq >= (mark?.first ?? 1));
  const kept = new Map<number, SpoolEntry>();
  const changed = new Set<number>();
  const lost: SpoolEntry[] = [];
  for (const entry of known) {
    const found = placeOf(entry, evidence);
    if (!found) lost.push(entry);
    else kept.set(entry.seq, { ...entry, ...found });
    if (found && (found.segment !== entry.segment || found.offset !== entry.offset)) changed.add(entry.seq);
  }
  // what a whole index has not has left the spool, and what is before the first of the mark
  const from = Math.max(whole ? (state?.seq ?? 0) + 1 : 1, mark?.first ?? 1);
  let recovered = 0;
  const had = new Set(known.map(({ seq }) => seq));
  for (const { id, seq, segment, offset, bytes } of survey.faces.values()) {
    if (seq < from || had.has(seq)) continue;
    if (!kept.has(seq)) recovered++;
    kept.set(seq, { seq, id, accepted: now, owed: brokers, segment, offset, bytes });
    changed.add(seq);
  }
  const entries = inOrder(kept.values(), now);
  const faces = [...survey.faces.values()];
  const ids = [...faces, ...known].map(({ id }) => id);
  const seqs = [...faces, ...known].map(({ seq }) => seq);
  const seq = seqs.reduce((most, next) => Math.max(most, next), Math.max(state?.seq ?? 0, mark?.seq ?? 0));
  return {
    ...streamsOf(evidence, faces, seq),
    id: ids.reduce((most, next) => (next > most ? next : most), state?.id ?? ''),
    entries,
    changed: entries.filter((entry) => changed.has(entry.seq)),
    recovered,
    lost,
    unknown: unknownOf(evidence, from, seq, seqs),
  };
}

/** Where a face of the index is; undefined: in no file. */
function placeOf(entry: SpoolEntry, { survey, all }: Evidence) {
  const found = survey.faces.get(entry.id);
  if (found?.seq === entry.seq) {
    const { segment, offset, bytes } = found;
    return { segment, offset, bytes };
  }
  return !all || survey.unnamed.has(placeName(entry)) ? entry : undefined;
}

/** Entries by seq, each accepted no later than those after it: ages are looked at from the oldest on. */
function inOrder(entries: Iterable<SpoolEntry>, now: number): SpoolEntry[] {
  const sorted = [...entries].sort((a, b) => b.seq - a.seq);
  // where the counters are lost the spool's time has begun anew
  let limit = now;
  const aged = sorted.map((entry) => {
    limit = Math.min(limit, entry.accepted);
    return { ...entry, accepted: limit };
  });
  return aged.reverse();
}

/** Which stream goes on, and from which seq; a new one where it cannot be known which seq was given last. */
function streamsOf(
  { inventory, survey, mark, newStream }: Evidence,
  faces: readonly FoundFace[],
  last: number,
): Pick<Finding, 'stream' | 'earlier' | 'seq'> {
  const { state, flaw } = inventory;
  const byState = state && (flaw === undefined || !survey.damaged) ? state.stream : undefined;
  const byMark = mark && mark.seq >= (state?.seq ?? 0) ? mark.stream : undefined;
  const stream = byMark ?? byState ?? mark?.stream ?? newStream;
  const streams = new Map<string, number>();
  const note = (name: string, seq: number) => streams.set(name, Math.max(seq, streams.get(name) ?? 0));
  if (state && 'earlier' in state) for (const { stream: name, last: seq } of state.earlier) note(name, seq);
  if (state) note(state.stream, state.seq);
  for (const { stream: name, seq } of faces) if (name !== undefined) note(name, seq);
  streams.delete(stream);
  const earlier = [...streams].map(([name, seq]) => ({ stream: name, last: seq }));
  const seq = stream === newStream ? (Math.floor(last / streamStep) + 1) * streamStep : last;
  return { stream, earlier: earlier.sort((a, b) => a.last - b.last), seq };
}

/** Numbers that were given and are nowhere, where something shows that faces may be gone. */
function unknownOf(
  { inventory: { flaw }, survey, mark, files }: Evidence,
  from: number,
  last: number,
  seqs: readonly number[],
): SeqRange[] {
  const there = [...new Set(seqs)].sort((a, b) => a - b);
  const suspect = flaw === undefined || survey.damaged || (mark !== undefined && files < mark.files);
  // without a mark nothing tells what was in the spool before its oldest face
  const low = mark || flaw === undefined ? from : (there[0] ?? last + 1);
  const first = suspect ? low : Math.max(low, (there.at(-1) ?? 0) + 1);
  const gaps: SeqRange[] = [];
  let next = first;
  for (const seq of there) {
    if (seq > next) gaps.push({ from: next, to: seq - 1 });
    next = Math.max(next, seq + 1);
  }
  if (last >= next) gaps.push({ from: next, to: last });
  return gaps;
}
