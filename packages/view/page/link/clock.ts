import { useEffect, useState } from 'preact/hooks';
import { useLink } from './page.js';

const listeners = new Set<() => void>();
let timer: number | undefined;

/** One timer for all, and none while nobody looks. */
function turn(): void {
  const runs = listeners.size > 0 && !document.hidden;
  if (runs && timer === undefined) {
    timer = window.setInterval(() => {
      for (const listener of listeners) listener();
    }, 1000);
  } else if (!runs && timer !== undefined) {
    window.clearInterval(timer);
    timer = undefined;
  }
}

document.addEventListener('visibilitychange', () => {
  turn();
  if (!document.hidden) for (const listener of listeners) listener();
});

/** What `read` makes of now, by the server's clock; read once a second, and told when it is another. */
export function useTick<T extends string | number>(read: (now: number) => T): T {
  const { store } = useLink();
  const now = (): number => Date.now() + store.state().ahead;
  const value = read(now());
  const [, redraw] = useState(value);
  useEffect(() => {
    const listener = (): void => redraw(read(now()));
    listeners.add(listener);
    turn();
    return () => {
      listeners.delete(listener);
      turn();
    };
  });
  return value;
}
