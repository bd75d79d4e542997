import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Frame } from '../link/frames.js';
import { useLink } from '../link/page.js';

/** Asks for the frames of the camera while a part is there, and draws each on its canvas. */
export function useCamera(
  canvas: RefObject<HTMLCanvasElement | null>,
  { wanted, rejected, drawn }: { wanted: boolean; rejected: boolean; drawn?: (frame: Frame) => void },
): { size: { width: number; height: number } | undefined } {
  const { frames, connection } = useLink();
  const [size, setSize] = useState(frames.last()?.head.full);

  useEffect(() => {
    connection.watch(wanted, rejected);
  }, [connection, wanted, rejected]);
  useEffect(() => () => connection.watch(false, false), [connection]);

  useEffect(() => {
    const draw = (frame: Frame): void => {
      const { bitmap, head } = frame;
      setSize((known) =>
        known && known.width === head.full.width && known.height === head.full.height ? known : head.full,
      );
      const { current } = canvas;
      if (!current) return;
      if (current.width !== bitmap.width) current.width = bitmap.width;
      if (current.height !== bitmap.height) current.height = bitmap.height;
      current.getContext('2d')?.drawImage(bitmap, 0, 0);
      drawn?.(frame);
    };
    const last = frames.last();
    if (last) draw(last);
    return frames.subscribe(draw);
  }, [frames, canvas, drawn]);
  return { size };
}
