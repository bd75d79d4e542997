import { disks } from './disk.js';
import { deadMember, eachInTurn, kills, manyKills } from './kills.js';
import { alone, clock, flood } from './life.js';
import { network } from './network.js';
import type { Scenario } from './scenario.js';
import { store } from './store.js';
import { visits } from './visits.js';

const modes = ['stored', 'acked'] as const;

/** Everything that is broken, the short form's and the long form's. */
export function scenariosOf(form: 'short' | 'long'): Scenario[] {
  const long = form === 'long';
  const all: Scenario[] = [
    { fault: 'none', mode: 'stored', faces: 150, long: true, strike: async () => {} },
    eachInTurn,
    visits('acked', long ? 25 : 5),
    { ...visits('stored', 25), long: true },
    ...modes.flatMap((mode) => [
      ...kills(mode, long ? 5 : 3),
      ...network(mode),
      ...store(mode),
      ...disks(mode),
    ]),
    deadMember,
    alone(long ? 3600 : 300),
    clock,
    manyKills,
    flood,
  ];
  return all.filter((scenario) => long || !scenario.long);
}
