import type { Areas, Polygon } from '../../src/protocol.js';

export type Point = readonly [x: number, y: number];

/** A polygon that is being drawn. */
export interface Shape {
  /** 1, 2, 3 … */
  id: number;
  kind: 'include' | 'exclude';
  points: readonly Point[];
}

/** Places of a fraction, as on the command line. */
const places = 3;

const inFrame = (value: number): number => Number(Math.min(1, Math.max(0, value)).toFixed(places));
const text = (value: number): string => String(inFrame(value));

export function pointAt(x: number, y: number): Point {
  return [inFrame(x), inFrame(y)];
}

export function shapesOf({ include, exclude }: Areas): readonly Shape[] {
  const shape = (kind: Shape['kind']) => (points: Polygon) => ({ kind, points });
  const shapes = [...include.map(shape('include')), ...exclude.map(shape('exclude'))];
  return shapes.map(({ kind, points }, index) => ({ id: index + 1, kind, points }));
}

/** A rectangle in the middle, to be changed; each further one a little aside. */
export function newShape(kind: Shape['kind'], shapes: readonly Shape[]): Shape {
  const id = Math.max(0, ...shapes.map((shape) => shape.id)) + 1;
  const shift = (shapes.length % 5) * 0.04;
  const corner = (x: number, y: number): Point => pointAt(x + shift, y + shift);
  return { id, kind, points: [corner(0.3, 0.3), corner(0.6, 0.3), corner(0.6, 0.7), corner(0.3, 0.7)] };
}

export function movePoint({ points, ...shape }: Shape, index: number, to: Point): Shape {
  return { ...shape, points: points.map((point, at) => (at === index ? to : point)) };
}

/** A point more, in the middle between `index` and the one after it. */
export function insertPoint({ points, ...shape }: Shape, index: number): Shape {
  return { ...shape, points: points.toSpliced(index + 1, 0, middle(points, index)) };
}

/** Three points stay. */
export function removePoint(shape: Shape, index: number): Shape {
  return shape.points.length <= 3 ? shape : { ...shape, points: shape.points.toSpliced(index, 1) };
}

/** Half the way from a point to the next one, around the corner. */
export function middle(points: readonly Point[], index: number): Point {
  const [x, y] = points[index] ?? [0, 0];
  const [nextX, nextY] = points[(index + 1) % points.length] ?? [0, 0];
  return pointAt((x + nextX) / 2, (y + nextY) / 2);
}

/** `0.1,0.2 0.9,0.2 0.5,0.9` */
function polygonText({ points }: Shape): string {
  return points.map(([x, y]) => `${text(x)},${text(y)}`).join(' ');
}

const ofKind = (shapes: readonly Shape[], kind: Shape['kind']): string[] =>
  shapes.filter((shape) => shape.kind === kind && shape.points.length >= 3).map(polygonText);

/** As a command line has them: one `--include "…"` or `--exclude "…"` for each. */
export function flagsOf(shapes: readonly Shape[]): readonly string[] {
  return (['include', 'exclude'] as const).flatMap((kind) =>
    ofKind(shapes, kind).map((polygon) => `--${kind} "${polygon}"`),
  );
}

/** As a file for `--config` has them. */
export function configOf(shapes: readonly Shape[]): string {
  const config = { include: ofKind(shapes, 'include'), exclude: ofKind(shapes, 'exclude') };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** All its points by as much, and none out of the frame. */
export function moveShape({ points, ...shape }: Shape, dx: number, dy: number): Shape {
  const within = (by: number, values: readonly number[]): number =>
    Math.min(1 - Math.max(...values), Math.max(-Math.min(...values), by));
  const right = within(
    dx,
    points.map(([x]) => x),
  );
  const down = within(
    dy,
    points.map(([, y]) => y),
  );
  return { ...shape, points: points.map(([x, y]) => pointAt(x + right, y + down)) };
}
