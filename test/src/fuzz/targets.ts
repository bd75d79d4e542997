import { cameras } from './cameras.js';
import { Dice } from './dice.js';
import { messages } from './messages.js';
import { spools } from './spools.js';
import type { Case, Target } from './target.js';

/** Every parser that reads what the network, a camera or a disk says, as often as it weighs. */
const targets: readonly Target[] = [...messages, ...cameras, ...spools].flatMap((target) =>
  Array.from({ length: target.weight }, () => target),
);

/** The case of that number: always the same one. */
export function fuzzCase(number: number): { target: Target } & Case {
  const dice = new Dice(number);
  const target = dice.one(targets);
  return { target, ...target.make(dice) };
}
