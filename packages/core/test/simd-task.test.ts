import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchOf } from '../dist/option.js';
import { type Plan, planner, planOf, type Task } from '../dist/simd-task.js';

const window = { width: 24, height: 24 };
const sizes = [1280, 720, 640, 480, 97, 51, 25, 24, 23, 3000, 1].flatMap((width) =>
  [720, 25, 24, 301, 1].map((height) => ({ width, height })),
);

function planFor(image: { width: number; height: number }, scaleFactor: number, threads: number): Plan {
  return planOf(window, image, searchOf({ scaleFactor }, image), threads);
}

function workOf({ first, rows, columns, step }: Task): number {
  return ((rows - first) * columns) / step ** 2;
}

/** The rows in which windows start, layer by layer. */
function rowsOf(tasks: readonly Task[]): string[] {
  return tasks.flatMap(({ scale, step, first, rows }) =>
    Array.from({ length: Math.ceil((rows - first) / step) }, (_, index) => {
      return `${scale}: ${first + index * step}`;
    }),
  );
}

test('the bands have every row once, in order, whatever the number of threads', () => {
  let bands = 0;
  for (const image of sizes) {
    for (const scaleFactor of [1.1, 2, 9]) {
      const { tasks: whole } = planFor(image, scaleFactor, 1);
      for (const threads of [2, 3, 8, 64]) {
        const { tasks } = planFor(image, scaleFactor, threads);
        assert.deepEqual(rowsOf(tasks), rowsOf(whole), `${image.width}x${image.height} ${threads}`);
        for (const { step, first } of tasks) assert.equal(first % (2 * step), 0);
        bands += tasks.length - whole.length;
      }
    }
  }
  assert.ok(bands > 100, `only ${bands} layers were cut`);
});

test('no task is so large that the others wait for it, where rows suffice', () => {
  for (const threads of [2, 4, 8]) {
    for (const scaleFactor of [1.1, 2, 9]) {
      const { tasks } = planFor({ width: 1280, height: 720 }, scaleFactor, threads);
      const all = tasks.reduce((sum, task) => sum + workOf(task), 0);
      for (const task of tasks) {
        const low = task.rows - task.first <= 4 * window.height;
        assert.ok(low || workOf(task) <= all / (threads * 3), `${threads} threads, ${scaleFactor}`);
      }
    }
  }
});

test('threads take the largest first, each once', () => {
  const { tasks, order } = planFor({ width: 640, height: 480 }, 1.1, 2);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    [...tasks.keys()],
  );
  const work = order.map((index) => workOf(tasks[index] ?? assert.fail()));
  for (const [index, each] of work.entries()) assert.ok(each <= (work[index - 1] ?? each));
});

test('plans are kept for the next images of their sizes, and made for other searches', () => {
  const image = { width: 640, height: 480 };
  const search = searchOf({}, image);
  const planned = planner(window, 2);
  const first = planned(image, search);
  assert.equal(planned({ ...image }, { ...search, minNeighbors: 1 }), first);
  for (const other of [
    planned({ ...image, width: 641 }, search),
    planned(image, searchOf({ scaleFactor: 1.2 }, image)),
    planned(image, searchOf({ minSize: 60 }, image)),
    planned(image, searchOf({ maxSize: 60 }, image)),
  ]) {
    assert.notDeepEqual(other, first);
  }
  assert.equal(planned(image, search), first);
  for (let width = 1; width <= 8; width++) planned({ ...image, width }, search);
  assert.notEqual(planned(image, search), first);
  assert.deepEqual(planned(image, search), first);
});
