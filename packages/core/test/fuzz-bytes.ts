import type { Dice } from './fuzz-dice.js';

// A cascade's bytes, spoilt in the ways files are spoilt and in those that attackers choose.

const numbers = [
  ...[
    '0',
    '-0',
    '-1',
    '1',
    '2',
    '3',
    '255',
    '256',
    '1025',
    '65536',
    '2147483647',
    '2147483648',
    '-2147483648',
  ],
  ...['4294967296', '9007199254740993', '1e9', '1e38', '3.5e38', '1e39', '1e308', '1e400', '-1e39', '1e-46'],
  ...[
    '5e-324',
    'nan',
    '.Nan',
    'NaN',
    '.Inf',
    '-.Inf',
    'inf',
    'Infinity',
    '0x10',
    '1_000',
    '1,5',
    '0.5',
    '-1.5',
  ],
  ...['99999999999999999999999999', '', ' ', '1 2', '--1', '+1', '1.', '.', 'e', '１', 'true', '\u0000'],
];

type Spoiler = (dice: Dice, xml: string) => string;

function cutAt(dice: Dice, xml: string): [number, number] {
  const start = dice.between(0, xml.length);
  return [start, Math.min(xml.length, start + dice.between(1, dice.chance(80) ? 200 : xml.length))];
}

/** Where something that matches stands: start and end. */
function placeOf(dice: Dice, xml: string, pattern: RegExp): [number, number] {
  const found = [...xml.matchAll(pattern)];
  if (found.length === 0) return [0, 0];
  const { index, 0: whole } = dice.one(found);
  return [index, index + whole.length];
}

const replaced = (xml: string, [start, end]: readonly [number, number], by: string): string =>
  xml.slice(0, start) + by + xml.slice(end);

const number: Spoiler = (dice, xml) =>
  replaced(xml, placeOf(dice, xml, /(?<=[\s>])-?[\d.][\w.+-]*/g), dice.one(numbers));

/** The value of one of the elements that hold counts and sizes. */
const count: Spoiler = (dice, xml) => {
  const name = dice.one([
    'width',
    'height',
    'stageNum',
    'maxWeakCount',
    'maxCatCount',
    'tilted',
    'featureType',
  ]);
  const [start, end] = placeOf(dice, xml, new RegExp(`(?<=<${name}>)[^<]*`, 'g'));
  return replaced(xml, [start, end], dice.chance(80) ? dice.one(numbers) : dice.one(['LBP', 'HAAR', 'HOG']));
};

const tag = /<\/?\w+[^>]*>/g;
const element = /<(\w+)>[^<]*<\/\1>/g;

const spoilers: Spoiler[] = [
  number,
  number,
  number,
  count,
  count,
  (dice, xml) => replaced(xml, placeOf(dice, xml, tag), ''),
  (dice, xml) => replaced(xml, placeOf(dice, xml, element), ''),
  (dice, xml) => {
    const [start, end] = placeOf(dice, xml, dice.chance(50) ? tag : element);
    return replaced(xml, [end, end], xml.slice(start, end).repeat(dice.one([1, 1, 2, 1000])));
  },
  (dice, xml) => xml.slice(0, dice.between(0, xml.length)),
  (dice, xml) => xml.slice(dice.between(0, xml.length)),
  (dice, xml) => replaced(xml, cutAt(dice, xml), ''),
  (dice, xml) => {
    const [start, end] = cutAt(dice, xml);
    const to = dice.between(0, xml.length);
    return replaced(xml, [to, to], xml.slice(start, end));
  },
  (dice, xml) => {
    const at = dice.between(0, xml.length);
    return replaced(xml, [at, at + 1], String.fromCharCode(dice.between(0, dice.chance(70) ? 127 : 65535)));
  },
  (dice, xml) => {
    const bomb = dice.list(9, (i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`).join('');
    const text = dice.chance(50) ? xml.replace(/<width>[^<]*/, '<width>&a9;') : xml;
    return text.replace('?>', `?><!DOCTYPE x [<!ENTITY a0 "0">${dice.chance(50) ? bomb : ''}]>`);
  },
  (dice, xml) => {
    const depth = dice.one([10, 1000, 100_000]);
    const deep = `${'<a>'.repeat(depth)}${dice.chance(50) ? '</a>'.repeat(depth) : ''}`;
    return xml.replace('<stages>', `${deep}<stages>`);
  },
  (dice, xml) => {
    const many = ` a="${'b'.repeat(dice.between(0, 9))}"`.repeat(dice.one([10, 10_000, 1_000_000]));
    return xml.replace('<stages>', `<stages${many}${dice.one(['>', '/>', '', '"'])}`);
  },
  (dice, xml) => {
    const length = dice.one([10, 100_000, 3_000_000]);
    const filler = dice.one([' ', '\n', '9', '<!---->', '<_/>', '&amp;', '-', '<', '>', '"', '<?a?>']);
    const at = dice.chance(50) ? dice.between(0, xml.length) : xml.indexOf('</stages>');
    return replaced(xml, [at, at], filler.repeat(length / filler.length));
  },
  (dice, xml) =>
    xml.replaceAll(/(?<=<stageThreshold>)[^<]*/g, dice.one(['-1e30', '1e30', '-3.4e38', '0', '1e-40'])),
];

function spoiltText(dice: Dice, xml: string): string {
  let text = xml;
  for (let left = dice.one([0, 1, 1, 1, 2, 3, 8]); left > 0; left--) text = dice.one(spoilers)(dice, text);
  return text;
}

/** Bytes that are, more or less, a cascade's file. */
export function spoiltBytes(dice: Dice, xml: string): Uint8Array {
  const roll = dice.between(1, 1000);
  // one hundred megabytes of junk, in a rare case because it takes long to make
  if (roll <= 2) return new Uint8Array(100_000_000).fill(dice.one([0, 32, 60, 255]));
  if (roll <= 20) return Uint8Array.from({ length: dice.between(0, 5000) }, () => dice.between(0, 255));
  if (roll <= 40) return Buffer.from(spoiltText(dice, xml), dice.one(['utf16le', 'latin1'] as const));
  const bytes = new TextEncoder().encode(spoiltText(dice, xml));
  if (roll <= 200) {
    for (let left = dice.between(1, 20); left > 0 && bytes.length > 0; left--) {
      bytes[dice.between(0, bytes.length - 1)] = dice.between(0, 255);
    }
  }
  return roll <= 45 ? bytes.subarray(0, dice.between(0, bytes.length)) : bytes;
}

const words = [
  ...[0, 1, 2, 3, -1, -2, 255, 256, 257, 1024, 1025, 65_536, 2 ** 24, 2 ** 30, 2 ** 31 - 1, -(2 ** 31)],
  // float32: infinity, not a number, the largest number, the smallest
  ...[0x7f800000, 0x7fc00000, 0x7f7fffff, 1],
];

/** Words of the compact form replaced, those of the header often, or the whole cut, extended or shifted. */
export function spoiltWords(dice: Dice, bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / 4);
  for (let left = dice.one([0, 1, 1, 1, 2, 10, 100]); left > 0; left--) {
    const at = 4 * (dice.chance(35) ? dice.between(0, Math.min(7, count - 1)) : dice.between(0, count - 1));
    const value = view.getInt32(at, true);
    const other = [dice.one(words), value + dice.between(-2, 2), value ^ (1 << dice.between(0, 31)), -value];
    view.setInt32(at, dice.one(other), true);
  }
  if (dice.chance(85)) return bytes;
  const cut = bytes.subarray(0, dice.between(0, bytes.length));
  const longer = new Uint8Array(bytes.length + dice.between(1, 1000));
  longer.set(bytes, dice.one([0, 0, 1]));
  return dice.one([cut, longer]);
}
