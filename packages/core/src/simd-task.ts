import type { Search, Size } from './option.js';
import { type Layer, layersOf } from './simd-scale.js';

/** A band of a layer: windows start in rows from `first` to less than `rows`. */
export interface Task extends Layer {
  first: number;
}

/** The work of one search, in the order of the layers and their rows, and the order in which threads take it. */
export interface Plan {
  tasks: readonly Task[];
  order: readonly number[];
}

/** So many tasks for each thread where one layer is most of the work: the last one to end keeps the others waiting. */
const tasksPerThread = 4;

function windowsIn({ rows, columns, step }: Layer, first = 0): number {
  return ((rows - first) * columns) / (step * step);
}

/**
 * The rows of a layer in bands of about the same height. Rows are judged in twos, so bands begin at every other one.
 */
function bandsOf(layer: Layer, count: number): Task[] {
  const pair = 2 * layer.step;
  const height = Math.ceil(layer.rows / count / pair) * pair;
  const bands: Task[] = [];
  for (let first = 0; first < layer.rows; first += height) {
    bands.push({ ...layer, first, rows: Math.min(first + height, layer.rows) });
  }
  return bands;
}

/**
 * Layers whole, and large ones cut for `threads` threads. A band makes the rows of integral images under its last
 * windows again, so it is not much lower than those.
 */
function tasksOf(layers: readonly Layer[], window: Size, threads: number): Task[] {
  if (threads === 1) return layers.map((layer) => ({ ...layer, first: 0 }));
  const share = layers.reduce((sum, layer) => sum + windowsIn(layer), 0) / (threads * tasksPerThread);
  return layers.flatMap((layer) => {
    const most = Math.max(Math.floor(layer.rows / (2 * window.height)), 1);
    return bandsOf(layer, Math.min(Math.ceil(windowsIn(layer) / share), most));
  });
}

/** Alone in order; together those with the most windows first, so that all end at about the same time. */
export function planOf(window: Size, image: Size, search: Search, threads: number): Plan {
  const layers = layersOf(window, image, search).filter(({ rows, columns }) => rows > 0 && columns > 0);
  const tasks = tasksOf(layers, window, threads);
  const order = [...tasks.keys()];
  if (threads > 1) {
    const work = tasks.map((task) => windowsIn(task, task.first));
    order.sort((a, b) => (work[b] ?? 0) - (work[a] ?? 0) || a - b);
  }
  return { tasks, order };
}

function isSame(a: Search, b: Search): boolean {
  return (
    a.scaleFactor === b.scaleFactor &&
    a.minSize.width === b.minSize.width &&
    a.minSize.height === b.minSize.height &&
    a.maxSize.width === b.maxSize.width &&
    a.maxSize.height === b.maxSize.height
  );
}

/** Cameras, or pictures of several sizes in turn. */
const plansKept = 8;

/** The plans of one search after another, the last ones kept: a camera's frames have the same. */
export function planner(window: Size, threads: number): (image: Size, search: Search) => Plan {
  const held: { width: number; height: number; search: Search; plan: Plan }[] = [];
  return ({ width, height }, search) => {
    for (const one of held) {
      if (one.width === width && one.height === height && isSame(one.search, search)) return one.plan;
    }
    const plan = planOf(window, { width, height }, search, threads);
    if (held.length === plansKept) held.shift();
    held.push({ width, height, search, plan });
    return plan;
  };
}
