import { createHash } from 'node:crypto';
import { expectArgument } from '@facepipe/service';
import { cloudError } from '../errors.js';
import { isKey } from '../store/key.js';

/** What a key is made of. */
export interface KeyFacts {
  device: string;
  /** A ULID, or the sha256 of a foreign payload. */
  id: string;
  /** Without the dot. */
  ext: string;
  /** Unknown for a foreign payload. */
  captured?: Date;
}

/** S3 allows 1024 bytes; the rest is left to the store's prefix. */
const longestKey = 700;
/** Common file systems allow 255 bytes for a name. */
const longestName = 250;
const longestDevice = 120;

const known = ['device', 'yyyy', 'mm', 'dd', 'hh', 'id', 'ext'];
const placeholders = known.map((name) => `{${name}}`).join(', ');
const dateRun = /\{(?:yyyy|mm|dd|hh)\}(?:[^{}]*\{(?:yyyy|mm|dd|hh)\})*/g;

function percentEncode(text: string): string {
  let safe = '';
  for (const byte of Buffer.from(text)) {
    const char = String.fromCharCode(byte);
    const plain = /[A-Za-z0-9_-]/.test(char) || (char === '.' && safe !== '');
    safe += plain ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return safe;
}

/**
 * Text from the network as one part of a key: what is outside `A-Z a-z 0-9 . _ -`, and a dot at the start, becomes
 * percent-encoded UTF-8. Longer than 120 bytes, it is cut and ends with `~` and 16 digits of the sha256 of the text.
 */
export function keyPart(text: string): string {
  expectArgument('text', text, 'text');
  const safe = percentEncode(text);
  if (safe.length <= longestDevice) return safe;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${safe.slice(0, longestDevice - 17).replace(/%.?$/, '')}~${hash}`;
}

function values({ device, id, ext, captured }: KeyFacts): Record<string, string> {
  const two = (n: number) => String(n).padStart(2, '0');
  return {
    device: keyPart(device),
    id: keyPart(id),
    ext: keyPart(ext),
    ...(captured && {
      yyyy: String(captured.getUTCFullYear()).padStart(4, '0'),
      mm: two(captured.getUTCMonth() + 1),
      dd: two(captured.getUTCDate()),
      hh: two(captured.getUTCHours()),
    }),
  };
}

/**
 * A maker of keys for a template of `{device}`, `{yyyy}`, `{mm}`, `{dd}`, `{hh}` (capture time, UTC), `{id}` and
 * `{ext}`. Without a capture time, each run of date parts with the plain text between them becomes `undated`:
 * `{device}/{yyyy}/{mm}/{dd}/{id}.{ext}` gives `porch/undated/<sha256>.png`.
 * @throws FacepipeError `FACEPIPE_E_KEY_TEMPLATE`
 */
export function parseKey(template: string): (facts: KeyFacts) => string {
  expectArgument('template', template, 'text');
  const refuse = (reason: string) =>
    cloudError('FACEPIPE_E_KEY_TEMPLATE', { template, reason, placeholders });
  const names = [...template.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw refuse(`{${unknown}} is not known`);
  if (!names.includes('id')) throw refuse('without {id} faces would land on each other');
  const literal = template.replace(/\{[^{}]*\}/g, '');
  if (/[{}]/.test(literal)) throw refuse('a brace is not closed');
  if (/[\p{Cc}\\]/u.test(literal)) throw refuse('it has a control character or a backslash');

  const undated = template.replace(dateRun, 'undated');
  const fill = (facts: KeyFacts) => {
    const filled = values(facts);
    const shape = facts.captured ? template : undated;
    return shape.replace(/\{(\w+)\}/g, (_, name: string) => filled[name] ?? '');
  };

  const longest = { device: 'd'.repeat(longestDevice), id: 'f'.repeat(64), ext: 'tiff' };
  for (const key of [fill({ ...longest, captured: new Date(0) }), fill(longest)]) {
    if (!isKey(key)) throw refuse('a part between two "/" is empty, "." or ".."');
    if (Buffer.byteLength(key) > longestKey) throw refuse(`keys could be longer than ${longestKey} bytes`);
    if (key.split('/').some((name) => Buffer.byteLength(name) > longestName)) {
      throw refuse(`a part between two "/" could be longer than ${longestName} bytes`);
    }
  }
  return fill;
}
