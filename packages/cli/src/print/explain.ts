import { type ExplainedCandidate, type ExplainedFrame, type Fate, fates } from '@facepipe/edge/visit';

/** In words, the longest of 15 letters. */
const fateTexts: Readonly<Record<Fate, string>> = {
  sent: 'sent',
  'not-best': 'not the best',
  'poor-quality': 'poor quality',
  static: 'static',
  'not-confirmed': 'not confirmed',
  duplicate: 'duplicate',
  masked: 'masked',
  'below-threshold': 'below threshold',
};

export const fateText = (fate: Fate): string => fateTexts[fate];

/** What a clip came to. */
export interface ExplainTotals {
  frames: number;
  candidates: number;
  fates: Record<Fate, number>;
  visits: number;
  pictures: number;
}

/** Counts explained frames. */
export class ExplainCount {
  #frames = 0;
  #candidates = 0;
  readonly #fates = new Map<Fate, number>();
  readonly #visits = new Set<number>();

  add({ candidates }: ExplainedFrame): void {
    this.#frames++;
    for (const { fate, visit, track } of candidates) {
      this.#candidates++;
      this.#fates.set(fate, (this.#fates.get(fate) ?? 0) + 1);
      if (visit && track !== undefined) this.#visits.add(track);
    }
  }

  get totals(): ExplainTotals {
    const counts = fates.map((fate) => [fate, this.#fates.get(fate) ?? 0] as const);
    return {
      frames: this.#frames,
      candidates: this.#candidates,
      fates: Object.fromEntries(counts) as Record<Fate, number>,
      visits: this.#visits.size,
      pictures: this.#fates.get('sent') ?? 0,
    };
  }
}

/** Time in a film, ms: `0:04.133`, from an hour on `1:00:04.133`. */
export function clipTime(ms: number): string {
  const whole = Math.round(ms);
  const [hours, minutes, seconds] = [whole / 3_600_000, (whole / 60_000) % 60, (whole / 1000) % 60];
  const text = (value: number, digits = 2) => String(Math.floor(value)).padStart(digits, '0');
  const rest = `${text(seconds)}.${text(whole % 1000, 3)}`;
  return hours >= 1 ? `${text(hours, 1)}:${text(minutes)}:${rest}` : `${text(minutes, 1)}:${rest}`;
}

/** Widths of the columns before the last one. */
const widths = [6, 11, 19, 5, 4, 5, 15];
/** With less room than this the last column is left out. */
const minWhy = 16;
/** Where nobody says how wide a line may be. */
const defaultColumns = 120;

function row(cells: readonly string[], columns: number): string {
  const [frame = '', time = '', box = '', score = '', quality = '', track = '', fate = '', why = ''] = cells;
  const [frameWidth = 0, timeWidth = 0, boxWidth = 0, scoreWidth = 0, qualityWidth = 0, trackWidth = 0] =
    widths;
  const left = [
    frame.padStart(frameWidth),
    time.padStart(timeWidth),
    box.padEnd(boxWidth),
    score.padStart(scoreWidth),
    quality.padStart(qualityWidth),
    track.padStart(trackWidth),
  ].join(' ');
  const room = columns - left.length - 2 - (widths[6] ?? 0) - 2;
  if (room < minWhy) return `${left}  ${fate}`.trimEnd();
  const words = why.length > room ? `${why.slice(0, room - 1)}…` : why;
  return `${left}  ${fate.padEnd(widths[6] ?? 0)}  ${words}`.trimEnd();
}

/** The line above the table. */
export const explainHead = (columns = defaultColumns): string =>
  row(['frame', 'time', 'box', 'score', 'qual', 'track', 'fate', 'why'], columns);

const boxText = ({ box: { x, y, width, height } }: ExplainedCandidate) => `${width}x${height}+${x}+${y}`;

/** What a candidate has as its score: the network's, else its neighbours. */
const scoreText = ({ verify, neighbors }: ExplainedCandidate) =>
  verify === undefined ? `n ${neighbors}` : verify.toFixed(2);

/**
 * The lines of a frame, one a candidate; none where there is no candidate.
 * @param start time of the clip's first frame, ms since 1970
 * @param columns of the terminal
 */
export function explainRows(frame: ExplainedFrame, start: number, columns = defaultColumns): string[] {
  const time = clipTime(Math.max(0, frame.captured.getTime() - start));
  return frame.candidates.map((candidate) => {
    const { quality, track, fate, why } = candidate;
    return row(
      [
        String(frame.number),
        time,
        boxText(candidate),
        scoreText(candidate),
        quality ? String(quality.score) : '',
        track === undefined ? '' : String(track),
        fateTexts[fate],
        why,
      ],
      columns,
    );
  });
}

/** A frame as a line of JSON. `start` as in `explainRows`. */
export function explainJson(frame: ExplainedFrame, start: number): string {
  const { number, captured, width, height, file, page } = frame;
  const candidates = frame.candidates.map(({ box, neighbors, verify, track, visit, quality, fate, why }) => {
    const { score, parts } = quality ?? {};
    return { box, neighbors, verify, track, visit, quality: score, qualityParts: parts, fate, why };
  });
  const time = (captured.getTime() - start) / 1000;
  return JSON.stringify({ frame: number, time, file, page, width, height, candidates });
}

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** The end of the table, below an empty line; with `json` one object. */
export function explainSummary(totals: ExplainTotals, json: boolean): string {
  if (json) return JSON.stringify(totals);
  const { frames, candidates, visits, pictures } = totals;
  const head = `${plural(frames, 'frame')}, ${plural(candidates, 'candidate')}, ${plural(visits, 'visit')}, ${plural(pictures, 'picture')}`;
  const lines = fates.flatMap((fate) => {
    const count = totals.fates[fate];
    return count > 0
      ? [`  ${fateTexts[fate].padEnd(15)}  ${String(count).padStart(String(candidates).length)}`]
      : [];
  });
  return ['', head, ...lines].join('\n');
}
