import { randomBytes } from './bytes.js';
import type { Dice } from './dice.js';

// Texts that are valid where they are wanted, nearly so, or nothing of the kind.

const letters = [
  ...[
    'a',
    'Z',
    '0',
    '9',
    '/',
    '+',
    '#',
    '$',
    '%',
    '&',
    '=',
    '{',
    '}',
    '"',
    '\\',
    ' ',
    '.',
    ':',
    ',',
    'x',
    '-',
  ],
  ...[
    '\0',
    '\n',
    '\u001b[2J',
    '\u007f',
    '\u0085',
    '\u2028',
    '\u202e',
    '\u2066',
    '\ufeff',
    '\ufffe',
    '\ud800',
  ],
  ...['é', 'ж', '🚪', '\u{10ffff}', '%00', '%ff', '%E2%80%AE', '../', '$share/', '__proto__', 'constructor'],
];

export function anyText(dice: Dice): string {
  if (dice.chance(5)) return dice.one(letters).repeat(dice.one([255, 256, 257, 65_535, 65_536]));
  return dice.list(dice.between(0, dice.chance(80) ? 12 : 300), () => dice.one(letters)).join('');
}

/** A text with some of it replaced, removed or repeated. */
export function spoiltText(dice: Dice, text: string): string {
  let result = text;
  for (let left = dice.one([0, 1, 1, 2, 5]); left > 0; left--) {
    const from = dice.between(0, result.length);
    const to = Math.min(result.length, from + dice.between(0, 8));
    const by = dice.one([() => '', () => dice.one(letters), () => result.slice(from, to).repeat(3)])();
    result = result.slice(0, from) + by + result.slice(to);
  }
  return result;
}

const values: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, 2 ** 53, '', 'word', 'full', [], {}, [null], [[]], { length: 1e9 }],
  ...['0'.repeat(64), '01ARZ3NDEKTSV4RRFFQ69G5FAV', { id: null }, [{ id: {} }]],
];

/** A value of JSON of which members are missing, of other types, or repeated. */
function spoiltValue(dice: Dice, value: unknown): unknown {
  if (dice.chance(8)) return dice.one(values);
  if (typeof value === 'string') return dice.chance(15) ? spoiltText(dice, value) : value;
  if (Array.isArray(value)) {
    const list = value.flatMap((item) =>
      dice.chance(5) ? [] : Array.from({ length: dice.one([1, 1, 1, 2]) }, () => spoiltValue(dice, item)),
    );
    return dice.chance(2) ? Array.from({ length: 20_000 }, () => list[0] ?? null) : list;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(() => dice.chance(96));
  return Object.fromEntries(members.map(([name, member]) => [name, spoiltValue(dice, member)]));
}

/** JSON in UTF-8, or nearly. */
export function spoiltJson(dice: Dice, value: unknown): Buffer {
  if (dice.chance(5)) return randomBytes(dice, 200);
  if (dice.chance(2)) return Buffer.from('['.repeat(dice.one([10, 100_000])));
  const text = JSON.stringify(dice.chance(70) ? spoiltValue(dice, value) : value);
  return Buffer.from(dice.chance(30) ? spoiltText(dice, text) : text);
}
