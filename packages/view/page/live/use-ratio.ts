import { useEffect, useState } from 'preact/hooks';
import type { Frame } from '../link/frames.js';
import { useLink } from '../link/page.js';

/** Width by height of the camera's picture, and whether there was one yet; 16:9 before. */
export function useRatio(): { ratio: number; isKnown: boolean } {
  const { frames } = useLink();
  const [ratio, setRatio] = useState(ratioOf(frames.last()));
  useEffect(() => frames.subscribe((frame) => setRatio(ratioOf(frame))), [frames]);
  return { ratio: ratio ?? 16 / 9, isKnown: ratio !== undefined };
}

function ratioOf(frame: Frame | undefined): number | undefined {
  return frame && frame.head.full.width / frame.head.full.height;
}
