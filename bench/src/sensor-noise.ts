import { fileURLToPath } from 'node:url';

/** Without a frontal face. */
export const photograph = fileURLToPath(new URL('../../packages/edge/photos/camera.png', import.meta.url));

/** Of the sensor, levels. */
const deviation = 4;

/** Normal noise in levels (Box and Muller, 1958). @param random from 0 up to, without, 1 */
export function sensorNoise(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return deviation * radius * Math.cos(2 * Math.PI * random());
}
