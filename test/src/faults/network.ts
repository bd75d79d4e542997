import { between } from '../support/random.js';
import { keepalive, type Mode } from './chain.js';
import type { Scenario } from './scenario.js';

/** Between edge and cloud; a forwarder lets go of nothing that its target has not acknowledged, so none may be lost. */
export const network = (mode: Mode): Scenario[] => {
  const all = { mode, faces: 200, promised: true, long: mode === 'acked' };
  return [
    {
      ...all,
      fault: 'edge–cloud: reset, over and over',
      strike: async ({ chain, random, passed, struck }) => {
        for (let n = 0; n < 5; n++) {
          await passed(Math.round(between(random, 10, 40)));
          chain.uplink.cut();
          struck();
        }
      },
    },
    {
      ...all,
      fault: 'edge–cloud: unplugged for 8 s',
      long: false,
      strike: async ({ chain, pause, passed, struck }) => {
        await passed(40);
        chain.uplink.unplug();
        struck();
        await pause(8);
      },
    },
    {
      ...all,
      fault: `edge–cloud: a black hole for twice the keepalive of ${keepalive} s`,
      strike: async ({ chain, pause, passed, struck }) => {
        await passed(40);
        chain.uplink.withhold('toServer');
        chain.uplink.withhold('toClient');
        struck();
        await pause(2 * keepalive);
      },
    },
    {
      ...all,
      fault: 'edge–cloud: 500 ms late',
      strike: async ({ chain, passed, struck }) => {
        chain.uplink.slow({ delay: 500 });
        struck();
        await passed(200);
      },
    },
    {
      ...all,
      fault: 'edge–cloud: 10 kB a second for 15 s',
      faces: 400,
      strike: async ({ chain, pause, struck }) => {
        chain.uplink.slow({ rate: 10_000 });
        struck();
        await pause(15);
      },
    },
  ];
};
