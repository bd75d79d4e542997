import leven from 'leven';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Options } from 'yargs';
import { cliError } from '../cli-error.js';
import { nearest, suggest } from './nearest.js';

/** Values by flag name without the dashes, as a file or the environment gives them. */
export type Values = Record<string, string | boolean | readonly string[]>;

const isText = (value: unknown): value is string => typeof value === 'string';

/** Undefined when the text is neither true nor false. */
function toBoolean(text: string): boolean | undefined {
  if (/^(true|1)$/i.test(text)) return true;
  return /^(false|0)$/i.test(text) ? false : undefined;
}

/** A document, and the line of each of its keys. */
function readDocument(text: string): { content: unknown; lines: Map<string, number> } {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter });
  if (document.errors[0]) throw document.errors[0];
  const lines = new Map<string, number>();
  for (const { key } of isMap(document.contents) ? document.contents.items : []) {
    if (isScalar(key) && key.range) lines.set(String(key.value), lineCounter.linePos(key.range[0]).line);
  }
  return { content: document.toJS() || {}, lines };
}

/**
 * Values from the text of a configuration file (YAML, of which JSON is a part). Every value is the text that is written
 * there: a password of 00123 or 1e5 is no number.
 * @returns the values, and the line of each
 * @throws FACEPIPE_E_CONFIG with everything that is wrong, each with its line and key.
 */
export function valuesFromFile(
  file: string,
  text: string,
  flags: Readonly<Record<string, Options>>,
): { values: Values; lines: ReadonlyMap<string, number> } {
  let content: unknown;
  let lines: Map<string, number>;
  try {
    ({ content, lines } = readDocument(text));
  } catch (error) {
    const [first] = String(error instanceof Error ? error.message : error).split('\n');
    throw cliError('FACEPIPE_E_CONFIG', { file, problem: `it is neither YAML nor JSON (${first})` }, error);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw cliError('FACEPIPE_E_CONFIG', { file, problem: 'expected one `flag: value` a line' });
  }
  const problems: string[] = [];
  const values: Values = {};
  for (const [key, value] of Object.entries(content)) {
    const flag = Object.hasOwn(flags, key) ? flags[key] : undefined;
    const where = `line ${lines.get(key) ?? '?'}: ${key}`;
    if (!flag)
      problems.push(`${where} is not a flag of this program${suggest(nearest(key, Object.keys(flags)))}`);
    else if (flag.type === 'boolean') {
      const chosen = isText(value) ? toBoolean(value) : undefined;
      if (chosen === undefined) problems.push(`${where} must be true or false`);
      else values[key] = chosen;
    } else if (isText(value) || (Array.isArray(value) && value.every(isText))) values[key] = value;
    else problems.push(`${where} must be one value or a list of values`);
  }
  if (problems.length > 0) throw cliError('FACEPIPE_E_CONFIG', { file, problem: problems.join('; ') });
  return { values, lines };
}

/** `scale-factor` is `FACEPIPE_SCALE_FACTOR` in the environment. */
export const variableOf = (flag: string): string => `FACEPIPE_${flag.replaceAll('-', '_').toUpperCase()}`;

/** Values from the environment, of the flags that the command has; lists are separated by spaces. */
export function valuesFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Record<string, Options>>,
): Values {
  const values: Values = {};
  for (const [flag, { type }] of Object.entries(flags)) {
    const value = env[variableOf(flag)];
    if (value === undefined || value === '') continue;
    if (type === 'boolean') {
      const chosen = toBoolean(value);
      if (chosen === undefined) {
        const expected = `true or false in ${variableOf(flag)}`;
        throw cliError('FACEPIPE_E_FLAG', { flag, expected, value: JSON.stringify(value) });
      }
      values[flag] = chosen;
    } else values[flag] = type === 'array' ? value.split(/\s+/).filter(Boolean) : value;
  }
  return values;
}

/** A wrong letter or two, or two that changed places. */
const maxWrong = 2;

/**
 * Variables that look like ours and are none, each with the right name; what others call FACEPIPE_…, as Kubernetes does
 * for a service of that name, is nobody's mistake.
 */
export function misspeltVariables(
  env: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Record<string, Options>>,
): { name: string; near: string }[] {
  const known = Object.keys(flags).map(variableOf);
  const written = Object.keys(env).filter(
    (name) => env[name] && /^f.*_/i.test(name) && !known.includes(name),
  );
  return written.flatMap((name) => {
    const distances = known.map((near) => ({
      near,
      wrong: leven(name.toUpperCase().replaceAll('-', '_'), near),
    }));
    const best = distances.sort((a, b) => a.wrong - b.wrong)[0];
    // of a short name much is two away: its letters at least are to be the same
    const isShort = best !== undefined && best.near.length <= 'FACEPIPE_'.length + 5;
    const sorted = (word: string) => [...word.toUpperCase()].sort().join('');
    const most = isShort && sorted(name) !== sorted(best.near) ? 1 : maxWrong;
    if (best && best.wrong <= most) return [{ name, near: best.near }];
    const longer = known.find(
      (variable) => name.length > 'FACEPIPE_'.length + 3 && variable.startsWith(name),
    );
    return longer ? [{ name, near: longer }] : [];
  });
}
