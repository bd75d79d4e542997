import { type BrokerPart, type Chain, keepalive, type Mode, type Part } from './chain.js';
import type { Scenario, Stage } from './scenario.js';
import type { StoreFault } from './store-proxy.js';

/** Kills a part, leaves it dead for a moment and brings it back, over and over, `times` in all. */
function killing(times: number, choose: (stage: Stage) => readonly Part[], wiping = false) {
  return async (stage: Stage): Promise<void> => {
    const { dice, struck, pause, passed } = stage;
    for (let n = 0; n < times; n++) {
      await passed(Math.round(dice.between(20, 60)));
      await pause(dice.between(0, 0.5));
      const victims = choose(stage);
      await Promise.all(victims.map((part) => part.kill()));
      for (const _ of victims) struck();
      if (wiping) for (const part of victims) if ('wipe' in part) await (part as BrokerPart).wipe();
      await pause(dice.between(0.2, 2));
      // a program whose broker is still away ends, and its supervisor tries again
      await Promise.all(victims.map((part) => part.start()));
    }
  };
}

const one = (name: (chain: Chain) => Part) => (stage: Stage) => [name(stage.chain)];

/** What breaks on the way to the store, each for some seconds. */
function storeFaults(faults: readonly StoreFault[], seconds: number) {
  return async ({ chain, passed, pause, struck }: Stage): Promise<void> => {
    for (const fault of faults) {
      await passed(30);
      chain.proxy.set(fault);
      struck();
      await pause(seconds);
      chain.proxy.set('pass');
    }
  };
}

const kills = (mode: Mode): Scenario[] => [
  {
    fault: 'kill -9: capture',
    mode,
    faces: 200,
    strike: killing(
      3,
      one((chain) => chain.capture),
    ),
  },
  {
    fault: 'kill -9: edge broker',
    mode,
    faces: 200,
    strike: killing(
      3,
      one((chain) => chain.edge),
    ),
  },
  {
    fault: 'kill -9: edge broker, its disk lost',
    mode,
    faces: 200,
    strike: killing(
      3,
      one((chain) => chain.edge),
      true,
    ),
  },
  {
    fault: 'kill -9: forward',
    mode,
    faces: 200,
    strike: killing(
      3,
      one((chain) => chain.forward),
    ),
  },
  {
    fault: 'kill -9: cloud broker',
    mode,
    faces: 200,
    strike: killing(
      3,
      one((chain) => chain.cloud),
    ),
  },
  {
    fault: 'kill -9: cloud broker, its disk lost',
    mode,
    faces: 200,
    strike: killing(
      3,
      one((chain) => chain.cloud),
      true,
    ),
  },
  {
    fault: 'kill -9: a sink',
    mode,
    faces: 200,
    strike: killing(3, ({ chain, dice }) => [dice.pick(chain.sinks)]),
  },
  {
    fault: 'kill -9: S3 gateway',
    mode,
    faces: 200,
    strike: killing(
      3,
      one((chain) => chain.gateway),
    ),
  },
  {
    fault: 'kill -9: everything at once, disks kept',
    mode,
    faces: 200,
    strike: killing(2, ({ chain }) => chain.parts),
  },
  {
    fault: 'kill -9: everything at once, both brokers’ disks lost',
    mode,
    faces: 200,
    strike: killing(2, ({ chain }) => chain.parts, true),
  },
];

const network = (mode: Mode): Scenario[] => [
  {
    fault: 'edge–cloud: reset, over and over',
    mode,
    faces: 200,
    strike: async ({ chain, dice, passed, struck }) => {
      for (let n = 0; n < 5; n++) {
        await passed(Math.round(dice.between(10, 40)));
        chain.uplink.cut();
        struck();
      }
    },
  },
  {
    fault: 'edge–cloud: unplugged for 8 s',
    mode,
    faces: 300,
    strike: async ({ chain, pause, passed, struck }) => {
      await passed(40);
      chain.uplink.unplug();
      struck();
      await pause(8);
    },
  },
  {
    fault: `edge–cloud: a black hole for twice the keepalive of ${keepalive} s`,
    mode,
    faces: 300,
    strike: async ({ chain, pause, passed, struck }) => {
      await passed(40);
      chain.uplink.withhold('toServer');
      chain.uplink.withhold('toClient');
      struck();
      await pause(2 * keepalive);
    },
  },
  {
    fault: 'edge–cloud: 500 ms late',
    mode,
    faces: 300,
    strike: async ({ chain, passed, struck }) => {
      chain.uplink.slow({ delay: 500 });
      struck();
      await passed(240);
    },
  },
  {
    fault: 'edge–cloud: 20 kB a second for 15 s',
    mode,
    faces: 400,
    strike: async ({ chain, pause, struck }) => {
      chain.uplink.slow({ rate: 20_000 });
      struck();
      await pause(15);
    },
  },
];

const store = (mode: Mode): Scenario[] => [
  {
    fault: 'store: 500, 503 SlowDown, 403 AccessDenied, 4 s each',
    mode,
    faces: 300,
    strike: storeFaults(['error', 'slow-down', 'denied'], 4),
  },
  {
    fault: 'store: resets in mid-body, answers lost after it stored, 4 s each',
    mode,
    faces: 300,
    strike: storeFaults(['reset', 'forget'], 4),
  },
  {
    fault: 'store: silent for 40 s, longer than its timeout',
    mode,
    faces: 300,
    long: true,
    strike: storeFaults(['hang'], 40),
  },
];

export const scenarios: readonly Scenario[] = [
  { fault: 'none', mode: 'stored', faces: 200, strike: async () => {} },
  ...(['stored', 'acked'] as const).flatMap((mode) => [...kills(mode), ...network(mode), ...store(mode)]),
];
