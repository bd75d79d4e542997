import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';

/** Cameras whose clock was never set write 1904 (QuickTime's zero), 1970 or 1980 (FAT's). */
const clockSet = Date.UTC(1990, 0, 1);

/** ffmpeg's words about a file: `Duration: 00:01:02.50, start: …`; N/A where it has none. Milliseconds. */
function durationOf(said: string): number | undefined {
  const [, hours, minutes, seconds] = /^\s*Duration: (\d+):(\d\d):(\d\d\.\d+)/m.exec(said) ?? [];
  if (seconds === undefined) return undefined;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/** The container's `creation_time`, the first that is said; UTC where it names no zone. Milliseconds since 1970. */
function creationOf(said: string): number | undefined {
  const [, date, time, zone = 'Z'] =
    /^\s*creation_time\s*: (\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?\s*$/m.exec(
      said,
    ) ?? [];
  const at = Date.parse(`${date}T${time}${zone}`);
  return at >= clockSet ? at : undefined;
}

/**
 * When a film began, in milliseconds since 1970: what its container says (`creation_time`), else when the file was
 * written last less its duration, else now. A time that has not come yet is no such time.
 * @param said what `ffmpeg -i` says of it
 * @param written when the file was written last, ms since 1970
 */
export function beginningOf(said: string, written: number, now: number): number {
  const duration = durationOf(said);
  const candidates = [creationOf(said), duration === undefined ? undefined : written - duration];
  return candidates.find((at) => at !== undefined && at >= clockSet && at <= now) ?? now;
}

/** `beginningOf` a file. ffmpeg alone is asked, as our images have no ffprobe. */
export async function filmBeginning(path: string, input: string, now: number): Promise<number> {
  const args = ['-nostdin', '-hide_banner', '-protocol_whitelist', 'file,crypto,data', '-i', input];
  const said = await new Promise<string>((resolve) => {
    // that no output is given counts as a failure
    execFile('ffmpeg', args, { windowsHide: true, timeout: 30_000 }, (_error, _stdout, stderr) =>
      resolve(stderr),
    );
  });
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
  return beginningOf(said, mtimeMs, now);
}

/**
 * Reads the times of pictures as ffmpeg writes them: `#tb 0: 1/25`, then `0, DTS, PTS, …` a picture (FFmpeg's
 * framecrc).
 */
export class Times {
  readonly #beginning: number;
  /** Of the pictures whose times are known and not taken yet; milliseconds from the beginning. */
  readonly #waiting: number[] = [];
  #last = 0;
  /** Milliseconds. */
  #tick = Number.NaN;
  #rest = '';

  /** @param beginning milliseconds since 1970 */
  constructor(beginning: number) {
    this.#beginning = beginning;
  }

  push(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)/.exec(line) ?? [];
      if (denominator !== undefined) this.#tick = (1000 * Number(numerator)) / Number(denominator);
      const [, time] = /^0,\s*-?\d+,\s*(-?\d+),/.exec(line) ?? [];
      if (time !== undefined) this.#waiting.push(Number(time) * this.#tick);
    }
  }

  /** How many pictures' times are known and not taken yet. */
  get known(): number {
    return this.#waiting.length;
  }

  /** The time of the next picture; where it is not known that of the one before. */
  next(): Date {
    this.#last = this.#waiting.shift() ?? this.#last;
    return new Date(Math.round(this.#beginning + Math.max(0, this.#last)));
  }
}
