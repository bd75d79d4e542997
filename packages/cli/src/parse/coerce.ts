import { hostname } from 'node:os';
import { checkTopic } from '@facepipe/wire';
import { cliError } from '../cli-error.js';

/** What yargs or a configuration file may hand to a coerce function. */
export type Raw = string | number | boolean | readonly unknown[] | null | undefined;

/** What is wrong with a value. Which flag it was is the parser's to say. */
export class RefusedValue extends Error {
  readonly expected: string;
  readonly value: unknown;

  constructor(expected: string, value: unknown) {
    super(`Expected ${expected}`);
    this.expected = expected;
    this.value = value;
  }

  /** The one sentence for a flag whose value is of the wrong kind. */
  of(flag: string): Error {
    const { expected, value } = this;
    const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
    return cliError('FACEPIPE_E_FLAG', { flag, expected, value: Array.isArray(value) ? 'several' : shown });
  }
}

export function text(expected = 'one value') {
  return (raw: Raw): string => {
    if (Array.isArray(raw) || raw === '' || raw === null || raw === undefined)
      throw new RefusedValue(expected, raw);
    return String(raw);
  };
}

/** `a`, `a,b`: names with commas between them, as they are written. */
export function names() {
  return (raw: Raw): string => {
    const given = text()(raw);
    if (given.split(',').some((name) => name.trim() === ''))
      throw new RefusedValue('names with commas between them', given);
    return given;
  };
}

/** `0.1,0.2 0.9,0.2 0.5,0.9`: corners of a polygon in fractions of the frame; repeatable. */
export function polygons() {
  return (raw: Raw): { x: number; y: number }[][] =>
    (Array.isArray(raw) ? raw : [raw]).map((item: unknown) => {
      const corners = String(item)
        .trim()
        .split(/\s+/)
        .map((corner) => corner.split(',').map(numeric));
      const isWhole = (corner: number[]): boolean =>
        corner.length === 2 && corner.every((value) => value >= 0 && value <= 1);
      if (corners.length < 3 || !corners.every(isWhole))
        throw new RefusedValue('three corners or more from 0 to 1 such as "0.1,0.2 0.9,0.2 0.5,0.9"', item);
      return corners.map(([x = 0, y = 0]) => ({ x, y }));
    });
}

/** `on`, `off`, or a score between both. */
export function verify() {
  return (raw: Raw): 'on' | 'off' | number => {
    if (raw === true || raw === 'on' || raw === 'true') return 'on';
    if (raw === false || raw === 'off' || raw === 'false') return 'off';
    const value = numeric(raw);
    if (!(value > 0 && value < 1)) throw new RefusedValue('on, off or a number between 0 and 1', raw);
    return value;
  };
}

/** One of a few words, or another word for one of them. */
export function choice<const T extends string>(
  choices: readonly T[],
  synonyms: Readonly<Record<string, T>> = {},
) {
  const expected = choices.join(', ').replace(/, ([^,]+)$/, ' or $1');
  return (raw: Raw): T => {
    const word = typeof raw === 'string' && Object.hasOwn(synonyms, raw) ? synonyms[raw] : raw;
    const chosen = choices.find((value) => value === word);
    if (chosen === undefined) throw new RefusedValue(expected, raw);
    return chosen;
  };
}

export function list() {
  return (raw: Raw): string[] => {
    const values = (Array.isArray(raw) ? raw : [raw]).map(String);
    if (values.some((value) => value === '')) throw new RefusedValue('a value', '');
    return values;
  };
}

/** `name=value`, each as text; repeatable. */
export function settings() {
  return (raw: Raw): { name: string; value: string }[] =>
    (Array.isArray(raw) ? raw : [raw]).map((item: unknown) => {
      const match = /^\s*([^=\s]+)\s*=\s*(.+?)\s*$/.exec(String(item));
      if (!match?.[1] || !match[2]) throw new RefusedValue('name=value such as brightness=128', item);
      return { name: match[1], value: match[2] };
    });
}

function numeric(raw: Raw): number {
  if (typeof raw === 'number') return raw;
  return typeof raw === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(raw)
    ? Number(raw)
    : Number.NaN;
}

export function integer(min: number, max = Number.MAX_SAFE_INTEGER) {
  const limits = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `between ${min} and ${max}`;
  return (raw: Raw): number => {
    const value = numeric(raw);
    if (!Number.isInteger(value) || value < min || value > max)
      throw new RefusedValue(`an integer ${limits}`, raw);
    return value;
  };
}

/** A number with `above < value <= max`. */
export function decimal(above: number, max = Number.MAX_VALUE, expected?: string) {
  return (raw: Raw): number => {
    const value = numeric(raw);
    if (!(value > above && value <= max))
      throw new RefusedValue(expected ?? `a number greater than ${above}`, raw);
    return value;
  };
}

/** A fraction of a length, 0 included. */
export function fraction(max: number) {
  return (raw: Raw): number => {
    const value = numeric(raw);
    if (!(value >= 0 && value <= max)) throw new RefusedValue(`a number between 0 and ${max}`, raw);
    return value;
  };
}

/** `30`, `24x32`: a side or a width and a height in pixels. */
export function size() {
  return (raw: Raw): { width: number; height: number } => {
    const match = /^(\d{1,5})(?:x(\d{1,5}))?$/.exec(String(raw));
    if (!match) throw new RefusedValue('a size in pixels such as 30 or 24x32', raw);
    const width = Number(match[1]);
    return { width, height: Number(match[2] ?? match[1]) };
  };
}

const unitSeconds = { '': 1, ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `90`, `1.5m`, `2h`: a length of time; gives milliseconds. */
export function duration() {
  return (raw: Raw): number => {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|)$/.exec(String(raw));
    const value = match ? Number(match[1]) * unitSeconds[match[2] as keyof typeof unitSeconds] * 1000 : 0;
    if (!(value > 0)) throw new RefusedValue('a length of time such as 30s, 5m or 2h', raw);
    return value;
  };
}

const unitBytes = { '': 1, k: 1e3, m: 1e6, g: 1e9, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30 } as const;

/** `256MB`, `64MiB`, `1000000`: an amount of bytes. */
export function bytes() {
  return (raw: Raw): number => {
    const match = /^(\d+(?:\.\d+)?) ?([kmg]i?|)b?$/i.exec(String(raw));
    const unit = match?.[2]?.toLowerCase() as keyof typeof unitBytes | undefined;
    const value = match && unit !== undefined ? Math.round(Number(match[1]) * unitBytes[unit]) : 0;
    if (!(value > 0)) throw new RefusedValue('an amount of bytes such as 256MB', raw);
    return value;
  };
}

/** `0640`: who may read and write files, in octal. */
export function mode() {
  return (raw: Raw): number => {
    const match = /^(?:0o?)?(6[046][04])$/.exec(String(raw));
    if (!match) throw new RefusedValue('an octal mode of files such as 0600, 0640, 0660 or 0644', raw);
    return Number.parseInt(match[1] ?? '', 8);
  };
}

/** `8090`, `0.0.0.0:8090`, `[::1]:8090`: where to listen, on this machine alone unless a host is named. */
export function address() {
  return (raw: Raw): { host: string; port: number } => {
    const match = /^(?:(?:\[([0-9a-f:.]+)\]|([^\s:[\]/]+)):)?(\d{1,5})$/i.exec(String(raw));
    const port = Number(match?.[3]);
    if (!match || port > 65_535)
      throw new RefusedValue('PORT or HOST:PORT such as 8090 or 0.0.0.0:8090', raw);
    return { host: match[1] ?? match[2] ?? '127.0.0.1', port };
  };
}

/** A device name: one MQTT topic level without wildcards. */
export function deviceName() {
  return (raw: Raw): string => {
    const name = text()(raw);
    if (/[/+#\p{Cc}]/u.test(name) || Buffer.byteLength(name) > 256) {
      throw new RefusedValue(
        'a name without "/", "+", "#" and control characters, at most 256 bytes long',
        name,
      );
    }
    checkTopic(name);
    return name;
  };
}

/** The host name is the device's name unless the user says otherwise. */
export const defaultName = (): string => hostname().replace(/[/+#\p{Cc}]/gu, '-') || 'camera';
