import type { Landmarks, Point } from '@facepipe/core';
import { type Luma, spreadOf } from './luma.js';

/** How far the nose stands out of a head, in radii of the circle that the ears lie on. */
const noseOut = 1.2;
/** Where the tip of the nose is in a level face, on the way from the eyes to the mouth. */
const noseDown = 0.5;
// What takes all of the frontality, each alone: turned, nodded (a fraction of eyes to mouth) and tilted.
const most = { yaw: 45, nod: 0.6, roll: 90 };

const degrees = (radians: number) => (radians * 180) / Math.PI;

/** Degrees that a head is turned, and tilted, and how far the nose is from the middle between eyes and mouth. */
export function poseOf(marks: Landmarks): { yaw: number; nod: number; roll: number } {
  const { rightEye, leftEye, noseTip, mouthCenter, rightEarTragion, leftEarTragion } = marks;
  const [dx, dy] = [leftEye.x - rightEye.x, leftEye.y - rightEye.y];
  const apart = Math.hypot(dx, dy);
  const along = ({ x, y }: Point) => ((x - rightEye.x) * dx + (y - rightEye.y) * dy) / apart;
  const down = ({ x, y }: Point) => ((y - rightEye.y) * dx - (x - rightEye.x) * dy) / apart;
  // the nose's distances from both ears: cos ± noseOut · sin of the yaw
  const [right, left] = [along(noseTip) - along(rightEarTragion), along(leftEarTragion) - along(noseTip)];
  const turned = right + left > 0 ? Math.abs(left - right) / (left + right) : Number.POSITIVE_INFINITY;
  const nod =
    down(mouthCenter) > 0 ? Math.abs(down(noseTip) / down(mouthCenter) - noseDown) : Number.POSITIVE_INFINITY;
  return { yaw: degrees(Math.atan(turned / noseOut)), nod, roll: Math.abs(degrees(Math.atan2(dy, dx))) };
}

/** How gently a little of a turn counts: at 15° 4 of 100 are lost, at 30° 30. */
const gentle = 1.5;

/** 1 for a face straight from the front, 0 from 45° on. */
export function frontalityOf(marks: Landmarks): number {
  const { yaw, nod, roll } = poseOf(marks);
  const lost = (yaw / most.yaw) ** 2 + (nod / most.nod) ** 2 + (roll / most.roll) ** 2;
  // eyes in one point give no number
  return Math.max(0, 1 - lost ** gentle) || 0;
}

/**
 * How alike both halves of a face are, 0 to 1: the correlation with its mirror image, where there are no landmarks.
 * Light from one side lowers it as well.
 */
export function symmetryOf({ data, width, height }: Luma): number {
  const { mean, variance } = spreadOf(data);
  if (variance < 1) return 0.5;
  let sum = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const mirrored = data[y * width + width - 1 - x] ?? 0;
      sum += ((data[y * width + x] ?? 0) - mean) * (mirrored - mean);
    }
  return Math.min(1, Math.max(0, 0.5 + sum / data.length / variance / 2));
}
