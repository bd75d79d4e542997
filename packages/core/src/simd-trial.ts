import type { Layer } from './simd-scale.js';
import type { Task } from './simd-task.js';

/**
 * What is tried: tasks that took so many milliseconds by tables. Shorter ones tell little, and in longer ones code that
 * is slow at first would be felt.
 */
const [least, most] = [0.05, 0.5];
/** After so many milliseconds of searching code is used untried. */
const patience = 500;

/**
 * When code is worth being used. Runtimes run new code slowly at first, several times as slow as tables, and compile it
 * better when it has run for a while: so in each search one task is done by code, until for both grids that was faster
 * than by tables.
 */
export class Trial {
  readonly #tables = new WeakMap<Task, number>();
  readonly #fast = new Set<Layer['step']>();
  #hasTried = false;
  #left = patience;

  /** Whether there is nothing left to try. */
  get isOver(): boolean {
    return this.#left <= 0 || this.#fast.size === 2;
  }

  beginSearch(): void {
    this.#hasTried = false;
  }

  usesCode(task: Task): boolean {
    if (this.isOver || this.#fast.has(task.step)) return true;
    const time = this.#tables.get(task) ?? 0;
    if (this.#hasTried || time < least || time > most) return false;
    this.#hasTried = true;
    return true;
  }

  note(task: Task, byCode: boolean, milliseconds: number): void {
    const time = this.#tables.get(task);
    this.#left -= milliseconds;
    if (!byCode) this.#tables.set(task, Math.min(milliseconds, time ?? milliseconds));
    else if (time !== undefined && milliseconds < time) this.#fast.add(task.step);
  }
}
