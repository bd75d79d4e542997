import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Frame } from '../link/frames.js';
import { useLink } from '../link/page.js';

interface CameraOptions {
  /** Whether frames are wanted now. */
  wanted: boolean;
  /** Whether what was left out is wanted with them. */
  rejected: boolean;
  /** Told after each frame that is drawn. */
  drawn?: (frame: Frame) => void;
}

/** Asks for the frames of the camera while a part is there, and draws each on its canvas. */
export function useCamera(
  canvas: RefObject<HTMLCanvasElement | null>,
  { wanted, rejected, drawn }: CameraOptions,
): void {
  const { frames, connection } = useLink();

  useEffect(() => {
    connection.watch(wanted, rejected);
  }, [connection, wanted, rejected]);
  useEffect(() => () => connection.watch(false, false), [connection]);

  useEffect(() => {
    const draw = (frame: Frame): void => {
      const { bitmap } = frame;
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
}
