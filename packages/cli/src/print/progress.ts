import { createLogUpdate } from 'log-update';

/** A status line: redrawn in place on a terminal; elsewhere a line a minute at most, when it has changed. */
export interface Progress {
  /** Writes a line above the display without tearing it. */
  line(text: string): void;
  start(render: () => string): void;
  stop(): void;
}

export interface ProgressOptions {
  quiet: boolean;
  /** Lines for a program to read: no display, also on a terminal. */
  json: boolean;
  /** Takes the status with `json`. */
  report: (status: string) => void;
}

const redraw = 200;
/** ms between two looks at the status where nobody watches. */
export const look = 1000;
/** Looks between two lines: a journal of months keeps each. */
export const looksPerLine = 60;

/** @param stream usually stderr, so that results on stdout stay clean. */
export function createProgress(
  stream: NodeJS.WriteStream,
  { quiet, json, report }: ProgressOptions,
): Progress {
  // a terminal without a size, as in some containers, would show nothing
  const watched = stream.isTTY && stream.columns > 0 && !quiet && !json;
  const display = watched ? createLogUpdate(stream) : undefined;
  let timer: NodeJS.Timeout | undefined;
  let last = '';
  let looks = looksPerLine;
  let show = (): void => {};
  return {
    line: (text) => {
      if (display && timer) {
        display.clear();
        stream.write(text);
        show();
      } else stream.write(text);
    },
    start: (render) => {
      if (quiet) return;
      show = () => {
        const status = render();
        if (display) return display(status);
        if (++looks < looksPerLine || status === last) return;
        if (json) report(status);
        else stream.write(`${status}\n`);
        last = status;
        looks = 0;
      };
      // what stands there at the start is no news
      last = render();
      timer = setInterval(show, display ? redraw : look);
    },
    stop: () => {
      if (!timer) return;
      clearInterval(timer);
      timer = undefined;
      if (!display) return;
      show();
      display.done();
    },
  };
}
