import type { Mode } from '../faults/chain.js';
import type { Scenario, Stage } from '../faults/scenario.js';
import { between, pick } from '../support/random.js';
import type { Cluster, Node } from './cluster.js';

/** Some 10 faces a second. */
const load = { crowd: [2, 1], pace: 0.2 } as const;

/** What happens to one node, and what makes it whole again; the time between the two, seconds. */
interface Blow {
  strike: (node: Node) => Promise<void>;
  mend: (node: Node) => Promise<void>;
  seconds: number;
}

const killed: Blow = { strike: (node) => node.kill(), mend: (node) => node.start(), seconds: 3 };
const restarted: Blow = { strike: (node) => node.term(), mend: (node) => node.start(), seconds: 0 };
const diskLost: Blow = {
  strike: async (node) => {
    await node.kill();
    await node.wipe();
  },
  mend: (node) => node.start(),
  seconds: 1,
};
const parted = (seconds: number, clients?: 'clients'): Blow => ({
  strike: (node) => node.part(clients),
  mend: (node) => node.heal(),
  seconds,
});

/** One after the other, with faces flowing before and after each. */
const blows =
  (list: (stage: Stage) => readonly [Node, Blow][], faces = 20) =>
  async (stage: Stage): Promise<void> => {
    const { passed, pause, struck } = stage;
    for (const [node, { strike, mend, seconds }] of list(stage)) {
      await passed(faces);
      await strike(node);
      struck();
      await pause(seconds);
      await mend(node);
    }
    // the last one is to be seen by a load, too
    await passed(faces);
  };

/** What a cluster of three has to bear; each in its turn where no node is named. */
export function strikes(cluster: Cluster, mode: Mode, form: 'short' | 'long'): Scenario[] {
  const [first, second, third] = cluster.nodes;
  if (!first || !second || !third) throw new Error('a cluster has three nodes');
  const turn =
    (blow: Blow): ((stage: Stage) => [Node, Blow][]) =>
    () =>
      cluster.nodes.map((node) => [node, blow]);
  const scenario = (fault: string, faces: number, strike: Scenario['strike']): Scenario => ({
    ...{ fault: `${cluster.kind}, ${fault}`, mode, faces, ...load, strike },
    // what an acknowledgement is worth is measured
    promised: mode === 'stored',
    recoveryTimeout: 300,
    options: async () => ({ cloud: cluster.cloud, sinks: 'single' }),
  });
  const sinkKilled = async ({ chain, passed, struck, pause }: Stage) => {
    for (let n = 0; n < 3; n++) {
      await passed(20);
      await chain.sinks[0]?.kill();
      struck();
      await pause(2);
      await chain.sinks[0]?.start();
    }
  };
  if (form === 'short') {
    const all: [Node, Blow][] = [
      [first, killed],
      [second, parted(10)],
      [third, diskLost],
    ];
    // RabbitMQ takes half a minute to be whole again
    const some = all.slice(0, cluster.kind === 'nats' ? 3 : 2);
    const fault = `a node killed, one parted${some.length > 2 ? ', one without its disk' : ''}`;
    return [
      scenario(
        fault,
        150,
        blows(() => some),
      ),
    ];
  }
  return [
    scenario('each node killed in turn', 200, blows(turn(killed))),
    scenario(
      'a node killed at random, 6 times',
      300,
      blows(({ random }) =>
        Array.from({ length: 6 }, () => [
          pick(random, cluster.nodes),
          { ...killed, seconds: between(random, 0, 5) },
        ]),
      ),
    ),
    scenario('each node killed and its disk lost, in turn', 200, blows(turn(diskLost))),
    scenario('each node parted from the others for 20 s, in turn', 600, blows(turn(parted(20)))),
    scenario(
      'each node parted from the others and from clients for 20 s, in turn',
      600,
      blows(turn(parted(20, 'clients'))),
    ),
    scenario(
      'one node parted from the others for 100 s',
      1000,
      blows(() => [[first, parted(100)]]),
    ),
    scenario('a rolling restart', 200, blows(turn(restarted))),
    scenario('the sink killed, 3 times', 150, sinkKilled),
    scenario('all three killed at once', 150, async ({ passed, struck, pause }) => {
      await passed(60);
      await cluster.cloud.part.kill();
      struck();
      await pause(3);
      await cluster.heal();
    }),
  ];
}
