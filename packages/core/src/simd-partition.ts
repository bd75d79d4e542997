const { abs, min, max } = Math;

/** Two boxes are of one face when all four edges lie within this part of their mean size. */
export const eps = 0.2;

/** Up to so many boxes each is compared with every other, which allocates nothing. */
const few = 512;

/** What is to be grouped, and where the groups are written: see simd-group.ts. */
export interface Boxes {
  count: number;
  /** x, y, width and height of each */
  boxes: Int32Array;
  /** for each the first of its group */
  parents: Int32Array;
}

function rootOf(parents: Int32Array, index: number): number {
  let at = index;
  for (;;) {
    const parent = parents[at] ?? at;
    if (parent === at) return at;
    const next = parents[parent] ?? parent;
    parents[at] = next;
    at = next;
  }
}

function join({ boxes, parents }: Boxes, i: number, j: number): void {
  // in one group already, as most are where there are many
  if (parents[i] === parents[j]) return;
  const width = boxes[i * 4 + 2] ?? 0;
  const height = boxes[i * 4 + 3] ?? 0;
  const dx = (boxes[j * 4] ?? 0) - (boxes[i * 4] ?? 0);
  const w = boxes[j * 4 + 2] ?? 0;
  const h = boxes[j * 4 + 3] ?? 0;
  const delta = eps * (min(width, w) + min(height, h)) * 0.5;
  if (abs(dx) > delta) return;
  const dy = (boxes[j * 4 + 1] ?? 0) - (boxes[i * 4 + 1] ?? 0);
  if (abs(dy) > delta || abs(dx + w - width) > delta || abs(dy + h - height) > delta) return;
  const [a, b] = [rootOf(parents, i), rootOf(parents, j)];
  if (a !== b) parents[max(a, b)] = min(a, b);
}

/**
 * Boxes in cells, so that similar ones are in neighbouring cells. Sizes have a class, the power of two that width +
 * height reach; cells are as large as two boxes of the class can lie apart. Sizes of similar boxes differ by less than
 * two.
 */
class Cells {
  readonly #first = new Map<number, number>();
  readonly #next: Int32Array;
  readonly #boxes: Int32Array;

  constructor({ boxes, count }: Boxes) {
    this.#boxes = boxes;
    this.#next = new Int32Array(count);
  }

  #cell(size: number, column: number, row: number): number {
    return (size * 2 ** 22 + row) * 2 ** 22 + column;
  }

  #place(index: number): [size: number, x: number, y: number] {
    const [x = 0, y = 0, width = 0, height = 0] = this.#boxes.subarray(index * 4, index * 4 + 4);
    return [31 - Math.clz32(width + height), x, y];
  }

  add(index: number): void {
    const [size, x, y] = this.#place(index);
    const side = eps * 2 ** size;
    const cell = this.#cell(size, Math.floor(x / side), Math.floor(y / side));
    this.#next[index] = this.#first.get(cell) ?? -1;
    this.#first.set(cell, index);
  }

  /** Calls `visit` with every box added before that may be similar. */
  near(index: number, visit: (other: number) => void): void {
    const [own, x, y] = this.#place(index);
    for (let size = max(own - 1, 0); size <= own + 1; size++) {
      const side = eps * 2 ** size;
      const [column, row] = [Math.floor(x / side), Math.floor(y / side)];
      for (let cell = 0; cell < 9; cell++) {
        const key = this.#cell(size, column - 1 + (cell % 3), row - 1 + Math.floor(cell / 3));
        for (let at = this.#first.get(key) ?? -1; at >= 0; at = this.#next[at] ?? -1) visit(at);
      }
    }
  }
}

/** The smallest set of groups in which similar boxes are together, as OpenCV's partition. Writes `parents`. */
export function partition(boxes: Boxes): void {
  const { count, parents } = boxes;
  for (let i = 0; i < count; i++) parents[i] = i;
  if (count <= few) {
    for (let i = 1; i < count; i++) for (let j = 0; j < i; j++) join(boxes, i, j);
  } else {
    const cells = new Cells(boxes);
    for (let i = 0; i < count; i++) {
      cells.near(i, (j) => join(boxes, i, j));
      cells.add(i);
    }
  }
  for (let i = 0; i < count; i++) parents[i] = rootOf(parents, i);
}
