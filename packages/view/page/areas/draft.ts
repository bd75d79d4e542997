import type { Shape } from '../state/shape.js';

let kept: readonly Shape[] | undefined;

/** What is being drawn, while other views are looked at; undefined before the first change. */
export function draft(): readonly Shape[] | undefined {
  return kept;
}

export function setDraft(shapes: readonly Shape[]): void {
  kept = shapes;
}
