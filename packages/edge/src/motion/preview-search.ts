import type { Box } from '@facepipe/wire';
import type { Frame } from '../source/source.js';
import { scaled } from '../visit/overlap.js';
import type { MotionGate, Search } from './motion-gate.js';

/**
 * Where to look in a frame; of a preview, in the whole of it.
 * @param gate for the sizes that faces have in the preview
 * @param expected pixels of the whole frame
 */
export function searchOf(gate: MotionGate, frame: Frame, expected: readonly Box[]): Search {
  const { whole } = frame;
  const time = frame.captured.getTime();
  if (!whole) return gate.look(frame, time, expected);
  const by = whole.width / frame.width;
  const search = gate.look(
    frame,
    time,
    expected.map((box) => scaled(box, 1 / by)),
  );
  if (search.area !== 'boxes') return search;
  const boxes = search.boxes.map((box) => inWhole(scaled(box, by), whole));
  return { area: 'boxes', boxes };
}

/** On even coordinates within the frame, as the gate has them. */
function inWhole({ x, y, width, height }: Box, whole: { width: number; height: number }): Box {
  const [left, top] = [2 * Math.floor(x / 2), 2 * Math.floor(y / 2)];
  const right = Math.min(whole.width, 2 * Math.ceil((x + width) / 2));
  const bottom = Math.min(whole.height, 2 * Math.ceil((y + height) / 2));
  return { x: left, y: top, width: right - left, height: bottom - top };
}
