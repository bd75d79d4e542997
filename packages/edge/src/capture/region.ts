import { argumentError, expectArgument } from '@facepipe/service';
import type { Box, Size } from '@facepipe/wire';

/** A corner of a polygon, in fractions of the frame from its top left: 0 to 1. */
interface Corner {
  x: number;
  y: number;
}

/** Three corners or more, joined in their order, the last with the first. */
export type Polygon = readonly Corner[];

/** Where in the frame faces count. */
export interface Region {
  /** The middle of a face has to be in one of these. Default: anywhere. */
  include?: readonly Polygon[];
  /** And in none of these. */
  exclude?: readonly Polygon[];
}

/** @throws FACEPIPE_E_ARGUMENT */
export function expectPolygons(name: string, polygons: unknown): void {
  expectArgument(name, polygons, 'list');
  for (const polygon of polygons as readonly unknown[]) {
    expectArgument(`${name}[]`, polygon, 'list');
    const corners = polygon as readonly Partial<Corner>[];
    const isFraction = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;
    const isWhole =
      corners.length >= 3 && corners.every((corner) => isFraction(corner?.x) && isFraction(corner?.y));
    if (!isWhole)
      throw argumentError('three corners or more with x and y from 0 to 1', `${name}[]`, 'others');
  }
}

/** Whether the middle of a face is where faces count. */
export function isInRegion({ include, exclude = [] }: Region, box: Box, frame: Size): boolean {
  const middle = {
    x: (box.x + box.width / 2) / frame.width,
    y: (box.y + box.height / 2) / frame.height,
  };
  const within = (polygon: Polygon): boolean => isInPolygon(polygon, middle);
  return (!include || include.length === 0 || include.some(within)) && !exclude.some(within);
}

/** Even-odd rule: a ray to the right crosses an odd number of sides (Shimrat, 1962). */
export function isInPolygon(polygon: Polygon, { x, y }: Corner): boolean {
  let inside = false;
  for (const [i, a] of polygon.entries()) {
    const b = polygon[i === 0 ? polygon.length - 1 : i - 1] ?? a;
    const crosses = a.y > y !== b.y > y && x < a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y);
    if (crosses) inside = !inside;
  }
  return inside;
}
