// How large a feature's sum can be, whatever the pixels are.
import { firstRectangle, height, isTilted, left, rectanglesOf, top, weight, width } from './cascade';

/** Whether rectangle `inner` lies in `outer`. */
function contains(outer: u32, inner: u32): bool {
  return (
    left(inner) >= left(outer) &&
    top(inner) >= top(outer) &&
    left(inner) + width(inner) <= left(outer) + width(outer) &&
    top(inner) + height(inner) <= top(outer) + height(outer)
  );
}

function overlap(a: u32, b: u32): bool {
  return (
    left(a) < left(b) + width(b) &&
    left(b) < left(a) + width(a) &&
    top(a) < top(b) + height(b) &&
    top(b) < top(a) + height(a)
  );
}

/** What all pixels of the rectangles add up to at most, where each counts for itself. A tilted one has two a cell. */
function weighed(feature: u32): f64 {
  let most: f64 = 0;
  const first = firstRectangle(feature);
  for (let index = first; index < first + rectanglesOf(feature); index++) {
    most += abs(<f64>weight(index)) * <f64>(width(index) * height(index) * (isTilted(feature) ? 2 : 1));
  }
  return most * 255;
}

/**
 * A bound of the sum's absolute value, of a feature with integer weights: the least one where the first rectangle
 * contains the others, which lie apart, as in all features of OpenCV's.
 */
export function rangeOf(feature: u32): f64 {
  const outer = firstRectangle(feature);
  const end = outer + rectanglesOf(feature);
  if (isTilted(feature) || (end - outer === 3 && overlap(outer + 1, outer + 2))) return weighed(feature);
  let rest = width(outer) * height(outer);
  let most: f64 = 0;
  let least: f64 = 0;
  for (let index = outer + 1; index < end; index++) {
    if (!contains(outer, index)) return weighed(feature);
    const pixels = width(index) * height(index);
    const sum = <f64>(weight(outer) + weight(index)) * <f64>pixels;
    most += max<f64>(sum, 0);
    least += max<f64>(-sum, 0);
    rest -= pixels;
  }
  const sum = <f64>weight(outer) * <f64>rest;
  return 255 * max<f64>(most + max<f64>(sum, 0), least + max<f64>(-sum, 0));
}

/** Whether every weight, and so every partial sum of the feature, is an integer that float32 holds. */
export function isInteger(feature: u32): bool {
  const first = firstRectangle(feature);
  for (let index = first; index < first + rectanglesOf(feature); index++) {
    if (nearest(weight(index)) !== weight(index)) return false;
  }
  return weighed(feature) < 2 ** 24;
}
