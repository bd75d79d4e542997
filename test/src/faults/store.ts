import type { Mode } from './chain.js';
import type { Scenario, Stage } from './scenario.js';
import type { StoreFault } from './store-proxy.js';

/** What the store does instead of its work, each for some seconds. */
const misbehaving =
  (faults: readonly StoreFault[], seconds: number) =>
  async ({ chain, passed, pause, struck }: Stage): Promise<void> => {
    for (const fault of faults) {
      await passed(30);
      chain.proxy.set(fault);
      struck();
      await pause(seconds);
      chain.proxy.set('pass');
    }
  };

/** A sink acknowledges what the store has, so none may be lost. */
export const store = (mode: Mode): Scenario[] => {
  const all = { mode, faces: 250, promised: true, long: mode === 'acked' };
  return [
    {
      ...all,
      fault: 'store: 500, 503 SlowDown, 403 AccessDenied, 4 s each',
      strike: misbehaving(['error', 'slow-down', 'denied'], 4),
    },
    {
      ...all,
      fault: 'store: resets in mid-body, then answers lost on their way, 4 s each',
      strike: misbehaving(['reset', 'forget'], 4),
    },
    {
      ...all,
      fault: 'store: silent for 40 s, longer than the sink waits',
      long: true,
      // the last request may hang for 30 s, and the pause before the next be as long
      quiet: 75,
      strike: misbehaving(['hang'], 40),
    },
  ];
};
