import { parse } from 'yaml';
import type { Options } from 'yargs';
import { cliError } from '../error.js';

/** Values by flag name without the dashes, as a file or the environment gives them. */
export type Values = Record<string, string | number | boolean | readonly (string | number | boolean)[]>;

const scalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/**
 * Values from the text of a configuration file (YAML, of which JSON is a part).
 * @throws FACEPIPE_E_CONFIG with everything that is wrong, each with its key.
 */
export function valuesFromFile(file: string, text: string, known: readonly string[]): Values {
  let content: unknown;
  try {
    content = parse(text) ?? {};
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
    if (!known.includes(key)) problems.push(`${key} is not a flag of this program`);
    else if (scalar(value) || (Array.isArray(value) && value.every(scalar))) values[key] = value;
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
      if (!/^(true|false|1|0)$/.test(value)) {
        const expected = `true or false in ${variableOf(flag)}`;
        throw cliError('FACEPIPE_E_FLAG', { flag, expected, value: JSON.stringify(value) });
      }
      values[flag] = value === 'true' || value === '1';
    } else values[flag] = type === 'array' ? value.split(/\s+/).filter(Boolean) : value;
  }
  return values;
}
