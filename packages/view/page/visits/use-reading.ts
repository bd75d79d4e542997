import { useEffect, useRef, useState } from 'preact/hooks';

/** Further down than this, pixels, somebody reads. */
const readsBelow = 80;

/**
 * The begin of the newest visit that may be shown while somebody reads, so that the list does not jump; undefined while
 * nobody does.
 */
export function useReading(
  newest: number | undefined,
  isOpen: boolean,
): { top: number | undefined; catchUp: () => void } {
  const [isReading, setReading] = useState(false);
  const top = useRef<number | undefined>(undefined);
  useEffect(() => {
    const listener = (): void => setReading(window.scrollY > readsBelow);
    listener();
    window.addEventListener('scroll', listener, { passive: true });
    return () => window.removeEventListener('scroll', listener);
  }, []);
  if (!isReading && !isOpen) top.current = undefined;
  else top.current ??= newest;
  return {
    top: top.current,
    catchUp() {
      top.current = undefined;
      window.scrollTo({ top: 0 });
      setReading(false);
    },
  };
}
