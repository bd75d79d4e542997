import { parse } from 'yaml';
import type { Options } from 'yargs';
import { cliError } from '../error.js';

/** Values by flag name without the dashes, as a file or the environment gives them. */
export type Values = Record<string, string | boolean | readonly string[]>;

const isText = (value: unknown): value is string => typeof value === 'string';

/** Undefined when the text is neither true nor false. */
function toBoolean(text: string): boolean | undefined {
  if (/^(true|1)$/i.test(text)) return true;
  return /^(false|0)$/i.test(text) ? false : undefined;
}

/**
 * Values from the text of a configuration file (YAML, of which JSON is a part). Every value is the text that is written
 * there: a password of 00123 or 1e5 is no number.
 * @throws FACEPIPE_E_CONFIG with everything that is wrong, each with its key.
 */
export function valuesFromFile(file: string, text: string, flags: Readonly<Record<string, Options>>): Values {
  let content: unknown;
  try {
    content = parse(text, { schema: 'failsafe' }) || {};
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
    if (!flag) problems.push(`${key} is not a flag of this program`);
    else if (flag.type === 'boolean') {
      const chosen = isText(value) ? toBoolean(value) : undefined;
      if (chosen === undefined) problems.push(`${key} must be true or false`);
      else values[key] = chosen;
    } else if (isText(value) || (Array.isArray(value) && value.every(isText))) values[key] = value;
    else problems.push(`${key} must be one value or a list of values`);
  }
  if (problems.length > 0) throw cliError('FACEPIPE_E_CONFIG', { file, problem: problems.join('; ') });
  return values;
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
