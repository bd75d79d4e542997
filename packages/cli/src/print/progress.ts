import { createLogUpdate } from 'log-update';

/** A status line: redrawn in place on a terminal; elsewhere a line now and then, when it has changed. */
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
  /** Takes the status where there is no display. */
  report: (status: string) => void;
}

const redraw = 200;
/** Between two lines where nobody watches: a service's log keeps each of them. */
export const everyMinute = 60_000;

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
        if (display) display(status);
        else if (status !== last) report(status);
        last = status;
      };
      // what stands there at the start is no news
      last = render();
      timer = setInterval(show, display ? redraw : everyMinute);
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
