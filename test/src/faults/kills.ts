import { between, pick } from '../support/random.js';
import type { BrokerPart, Chain, Mode, Part } from './chain.js';
import type { Scenario, Stage } from './scenario.js';

interface Killing {
  times: number;
  /** Of the n-th time, from 0. */
  victims: (stage: Stage, n: number) => readonly Part[];
  /** Whether a broker's disk is lost with it. */
  wiping?: (stage: Stage, n: number) => boolean;
}

const isBroker = (part: Part): part is BrokerPart => 'wipe' in part;

/** Kills, leaves dead for a moment and brings back, over and over. */
function killing({ times, victims, wiping = () => false }: Killing) {
  return async (stage: Stage): Promise<void> => {
    const { random, struck, pause, passed } = stage;
    for (let n = 0; n < times; n++) {
      await passed(Math.round(between(random, 10, 50)));
      await pause(between(random, 0, 0.5));
      const parts = victims(stage, n);
      await Promise.all(parts.map((part) => part.kill()));
      for (const _ of parts) struck();
      if (wiping(stage, n)) await Promise.all(parts.filter(isBroker).map((broker) => broker.wipe()));
      await pause(between(random, 0.2, 2));
      // a program whose broker is still away ends, and its supervisor tries again
      await Promise.all(parts.map((part) => part.start()));
    }
  };
}

const only = (of: (chain: Chain) => Part) => (stage: Stage) => [of(stage.chain)];

/** What dies, and whether faces that were acknowledged can be lost with it. */
const deaths: [fault: string, killing: Omit<Killing, 'times'>, forgets: boolean][] = [
  ['capture', { victims: only((chain) => chain.capture) }, false],
  ['edge broker', { victims: only((chain) => chain.edge) }, true],
  ['edge broker, its disk lost', { victims: only((chain) => chain.edge), wiping: () => true }, true],
  ['forward', { victims: only((chain) => chain.forward) }, false],
  ['cloud broker', { victims: only((chain) => chain.cloud) }, true],
  ['cloud broker, its disk lost', { victims: only((chain) => chain.cloud), wiping: () => true }, true],
  ['a sink', { victims: ({ chain, random }) => [pick(random, chain.sinks)] }, false],
  ['S3 gateway', { victims: only((chain) => chain.gateway) }, false],
  ['everything at once', { victims: ({ chain }) => chain.parts }, true],
  [
    'everything at once, both brokers’ disks lost',
    { victims: ({ chain }) => chain.parts, wiping: () => true },
    true,
  ],
];

/**
 * In the short form too: with receipts the worst, without them where that makes the difference, and where it does not.
 */
const telling: Record<Mode, readonly string[]> = {
  stored: ['everything at once, both brokers’ disks lost'],
  acked: ['edge broker, its disk lost', 'forward'],
};

export const kills = (mode: Mode, times: number): Scenario[] =>
  deaths.map(([name, what, forgets]) => ({
    fault: `kill -9: ${name}`,
    mode,
    faces: 50 * times,
    promised: mode === 'stored' || !forgets,
    long: !telling[mode].includes(name),
    strike: killing({ ...what, times: name.startsWith('everything') ? Math.ceil(times / 2) : times }),
  }));

/** All of it once, and the brokers once more without their disks. */
export const eachInTurn: Scenario = {
  fault: 'kill -9: each in turn, the brokers with and without their disks',
  mode: 'stored',
  faces: 450,
  strike: killing({
    times: 9,
    victims: ({ chain: { parts, edge, cloud } }, n) => [[...parts, edge, cloud][n] ?? edge],
    wiping: ({ chain }, n) => n >= chain.parts.length,
  }),
};

export const manyKills: Scenario = {
  fault: 'kill -9: any one of them, 200 times, the brokers’ disks lost every other time',
  mode: 'stored',
  faces: 8000,
  long: true,
  recoveryTimeout: 300,
  strike: killing({
    times: 200,
    victims: ({ chain, random }) => [pick(random, chain.parts)],
    wiping: ({ random }) => between(random, 0, 1) < 0.5,
  }),
};

/** Half of what comes is for the dead one for ever: it takes several receipt timeouts until all has met the other. */
export const deadMember: Scenario = {
  fault: 'kill -9: one sink of a group, under load, never to return',
  mode: 'stored',
  faces: 300,
  recoveryTimeout: 240,
  strike: async ({ chain, random, gone, passed, struck }) => {
    await passed(60);
    const sink = pick(random, chain.sinks);
    gone.add(sink);
    await sink.kill();
    struck();
    await passed(240);
  },
};
