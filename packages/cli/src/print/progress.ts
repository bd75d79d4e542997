import { createLogUpdate } from 'log-update';

/** A status line: redrawn in place on a terminal, one line a second on a pipe. */
export interface Progress {
  /** Writes a line above the display without tearing it. */
  line(text: string): void;
  start(render: () => string): void;
  stop(): void;
}

const everySecond = 1000;
const redraw = 200;

/** @param stream usually stderr, so that results on stdout stay clean. */
export function createProgress(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  // a terminal without a size, as in some containers, would show nothing
  const display = stream.isTTY && stream.columns > 0 && !quiet ? createLogUpdate(stream) : undefined;
  let timer: NodeJS.Timeout | undefined;
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
        if (display) display(render());
        else stream.write(`${render()}\n`);
      };
      timer = setInterval(show, display ? redraw : everySecond);
    },
    stop: () => {
      if (!timer) return;
      clearInterval(timer);
      timer = undefined;
      if (display) {
        show();
        display.done();
      }
    },
  };
}
