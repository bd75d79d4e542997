import type { PictureView, Step } from '../../src/protocol.js';
import { span } from './words.js';

export const stepNames: Record<Step, string> = {
  captured: 'Captured',
  spooled: 'Spooled',
  edge: 'Edge broker',
  forwarded: 'Forwarded',
  stored: 'Stored',
  receipt: 'Receipt',
};

/** What a picture does until it gets there. */
const waiting: Record<Step, string> = {
  captured: 'Is being captured',
  spooled: 'Waits for the spool',
  edge: 'Waits for the edge broker',
  forwarded: 'Waits to be forwarded',
  stored: 'Waits for the store',
  receipt: 'Waits for the receipt',
};

/** What a picture has done when it got there last. */
const arrived: Record<Step, string> = {
  captured: 'Captured',
  spooled: 'Spooled',
  edge: 'At the edge broker',
  forwarded: 'Forwarded',
  stored: 'Stored',
  receipt: 'Stored, with receipt',
};

/** One step on the way of a picture. */
interface Leg {
  step: Step;
  /** `next`: it waits for this one; `dead`: it will never get there. */
  state: 'done' | 'next' | 'ahead' | 'dead';
  /** When it got there; not always known of a step that is done. */
  at?: number;
  /** ms since the step before whose time is known. */
  lag?: number;
}

export interface Way {
  legs: readonly Leg[];
  state: 'done' | 'waits' | 'dead';
  /** Since when it waits. */
  since: number;
  /** In words, without the time of waiting. */
  text: string;
}

/** How far a picture has travelled, along the steps that can be seen. */
export function wayOf({ captured, steps: reached, dead }: PictureView, steps: readonly Step[]): Way {
  const times: Partial<Record<Step, number>> = { captured, ...reached };
  const furthest = steps.reduce((far, step, index) => (times[step] === undefined ? far : index), -1);
  let before: number | undefined;
  const legs = steps.map((step, index): Leg => {
    const at = times[step];
    if (index > furthest) {
      const isNext = index === furthest + 1;
      return { step, state: isNext ? (dead === undefined ? 'next' : 'dead') : 'ahead' };
    }
    const lag = at !== undefined && before !== undefined ? Math.max(0, at - before) : undefined;
    before = at ?? before;
    return { step, state: 'done', ...(at !== undefined && { at }), ...(lag !== undefined && { lag }) };
  });
  const since = before ?? captured;
  const next = steps[furthest + 1];
  if (dead !== undefined) return { legs, state: 'dead', since, text: `Not delivered: ${dead}` };
  if (next) return { legs, state: 'waits', since, text: waiting[next] };
  const last = steps.at(-1);
  const after = since > captured ? ` after ${span(since - captured)}` : '';
  return { legs, state: 'done', since, text: last ? `${arrived[last]}${after}` : '' };
}
