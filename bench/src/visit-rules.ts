import type { VisitPicture } from '@facepipe/edge/visit';
import type { Size } from '@facepipe/wire';

/** Whether a look replaces the one that is held. */
export type Rule = (held: VisitPicture, look: VisitPicture, frame: Size) => boolean;

const areaOf = ({ box }: VisitPicture) => box.width * box.height;

const onEdge = ({ box }: VisitPicture, frame: Size) =>
  box.x <= 0 || box.y <= 0 || box.x + box.width >= frame.width - 1 || box.y + box.height >= frame.height - 1;

/**
 * Frigate's `is_better_thumbnail` (util/image.py), as described: a box at the frame's edge never replaces one that is
 * not; else a score higher by 0.05, or an area larger by a tenth.
 */
export const frigateRule: Rule = (held, look, frame) => {
  if (onEdge(look, frame) && !onEdge(held, frame)) return false;
  return look.found.confidence > held.found.confidence + 0.05 || areaOf(look) > areaOf(held) * 1.1;
};

export const largestRule: Rule = (held, look) => areaOf(look) > areaOf(held);
