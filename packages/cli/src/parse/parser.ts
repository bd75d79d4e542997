import { readFileSync } from 'node:fs';
import { cascadeNames } from '@facepipe/core';
import yargs from 'yargs';
import { cliError } from '../cli-error.js';
import { RefusedValue } from './coerce.js';
import { type CommandName, type CommandOptions, type CommandSpec, commands } from './command.js';
import {
  misspeltVariables,
  type Values,
  valuesFromEnvironment,
  valuesFromFile,
  variableOf,
} from './config.js';
import { nearest, suggest } from './nearest.js';
import { commandLine, type Origin, type Origins, withOrigin } from './origin.js';
import { checkRules } from './rules.js';

/** What the command line asks for. */
export type Invocation =
  | { [N in CommandName]: { command: N; options: CommandOptions<N>; files: string[] } & Notes }[CommandName]
  | { command: 'help'; text: string };

/** What there is to say beside. */
interface Notes {
  /** Variables that were most likely meant to say something, and say nothing, with the nearest that does. */
  misspelt: { name: string; near: string }[];
  /** Where values come from; defaults from nowhere. */
  origins: Origins;
}

export interface ParserContext {
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  /** Columns of the terminal, where `--help` wraps, at 120 at most; without one its lines are whole. */
  columns?: number;
}

const commandNames = Object.keys(commands) as CommandName[];
const allFlags: CommandSpec['flags'] = Object.assign({}, ...commandNames.map((name) => commands[name].flags));

/** yargs keeps only the message of what a coercion throws; this keeps the error. */
function remembering(flags: CommandSpec['flags'], remember: (error: unknown) => void): CommandSpec['flags'] {
  const entries = Object.entries(flags).map(([name, flag]) => {
    const { coerce } = flag;
    if (!coerce) return [name, flag];
    const watched = (raw: unknown): unknown => {
      try {
        return coerce(raw);
      } catch (cause) {
        const error = cause instanceof RefusedValue ? cause.of(name) : cause;
        remember(error);
        throw error;
      }
    };
    return [name, { ...flag, coerce: watched }];
  });
  return Object.fromEntries(entries);
}

function program(
  args: readonly string[],
  { version, columns }: ParserContext,
  remember: (error: unknown) => void = () => {},
) {
  const parser = yargs([...args])
    .scriptName('facepipe')
    .usage('$0 <command> [flags]\n\nA camera’s faces, each delivered once, to your bucket.')
    .version(version)
    .alias('version', 'v')
    .help()
    .alias('help', 'h')
    .wrap(columns === undefined ? null : Math.min(columns, 120))
    .parserConfiguration({
      'strip-aliased': true,
      'strip-dashed': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-positional-numbers': false,
    })
    .exitProcess(false)
    .epilogue(
      'Exit codes: 0 done, 1 failed while running or faces lost, 2 bad usage, 3 source or pictures of it unavailable, 4 broker unavailable or faces waiting for it, 5 store unavailable, 130/143 on signals.',
    );
  for (const name of commandNames) {
    const spec: CommandSpec = commands[name];
    const usage = spec.positional ? `${name} [${spec.positional.name}..]` : name;
    parser.command(usage, spec.describe, (command) => {
      if (spec.positional)
        command.positional(spec.positional.name, {
          type: 'string',
          array: true,
          describe: spec.positional.describe,
        });
      return command
        .options(remembering(spec.flags, remember))
        .usage(`$0 ${usage} [flags]\n\n${spec.describe}.`);
    });
  }
  return parser;
}

/** The help of a command with its examples, each on a line of its own however narrow the terminal is, to be pasted. */
function withExamples(help: string, { examples }: CommandSpec): string {
  const lines = examples.map(([line, does]) => `  # ${does}\n  ${line}`);
  return `${help}\n\nExamples:\n${lines.join('\n')}`;
}

/** `help` and `help COMMAND` are `--help` and `COMMAND --help`. */
function withoutHelpWord(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  return first === 'help' ? [...rest, '--help'] : args;
}

/** yargs' own messages in the words of all others. */
function reword(message: string): string {
  return message
    .replace(/\s+/g, ' ')
    .replace(/^Missing required arguments?: (.+)$/, (_, names: string) => {
      const flags = names.split(', ').map((name) => `--${name}`);
      return `Expected ${flags.join(' and ')} but received none`;
    })
    .replace(/^Not enough arguments following: (.+)$/, 'Expected a value after --$1 but received none');
}

/** Whether the command line has a flag, by one of its names. */
function isGiven(args: readonly string[], flag: string, { alias }: CommandSpec['flags'][string]): boolean {
  const end = args.indexOf('--');
  const before = end < 0 ? args : args.slice(0, end);
  const short = typeof alias === 'string' ? `-${alias}` : undefined;
  return before.some(
    (arg) =>
      [`--${flag}`, `--no-${flag}`].includes(arg.split('=', 1)[0] ?? '') ||
      (short !== undefined && !arg.startsWith('--') && arg.startsWith(short)),
  );
}

function valuesFor(
  command: CommandName,
  args: readonly string[],
  env: ParserContext['env'],
): { values: Values; origins: Map<string, Origin> } {
  const { flags }: CommandSpec = commands[command];
  const fromEnvironment = valuesFromEnvironment(env, flags);
  const origins = new Map<string, Origin>();
  const note = (flag: string, where: string, value: unknown): void => {
    const spec = flags[flag];
    if (spec && !origins.has(flag) && !isGiven(args, flag, spec)) origins.set(flag, { where, value });
  };
  for (const [flag, value] of Object.entries(fromEnvironment))
    note(flag, `the variable ${variableOf(flag)}`, value);
  const given = args.findLastIndex((arg) => arg === '--config' || arg.startsWith('--config='));
  const inline = args[given]?.split('=').slice(1).join('=');
  const file = given >= 0 ? inline || args[given + 1] : fromEnvironment.config;
  if (file === undefined) return { values: fromEnvironment, origins };
  let text: string;
  try {
    text = readFileSync(String(file), 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw cliError('FACEPIPE_E_FILE', { file: String(file), flag: 'config', reason }, error);
  }
  const { values, lines } = valuesFromFile(String(file), text, allFlags);
  const relevant = Object.entries(values).filter(([flag]) => flag in flags);
  for (const [flag, value] of relevant) note(flag, `line ${lines.get(flag)} of ${file}`, value);
  return { values: { ...Object.fromEntries(relevant), ...fromEnvironment }, origins };
}

function refuseUnknown(command: CommandName, parsed: Record<string, unknown>): void {
  const spec: CommandSpec = commands[command];
  const aliases = Object.values(spec.flags).flatMap((flag) => flag.alias ?? []);
  const known = [
    ...Object.keys(spec.flags),
    ...aliases,
    'help',
    'h',
    'version',
    'v',
    '_',
    '$0',
    spec.positional?.name,
  ];
  const unknown = Object.keys(parsed).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const near = nearest(unknown, Object.keys(spec.flags));
    const problem = `--${unknown} is not a flag of ${command}${suggest(near && `--${near}`)}`;
    throw cliError('FACEPIPE_E_USAGE', { problem, command: `${command} ` });
  }
}

/**
 * The command and its options from a command line, the environment and a configuration file
 * (flag > environment > file > default). Pure but for reading `--config`.
 * @throws FACEPIPE_E_USAGE, FACEPIPE_E_FLAG, FACEPIPE_E_CONFIG, FACEPIPE_E_FILE
 */
export function parseCommandLine(given: readonly string[], context: ParserContext): Invocation {
  const args = withoutHelpWord(given);
  const [first] = args;
  const command = commandNames.find((name) => name === first);
  let help = '';
  const collect = (text: string) => {
    help = text;
  };
  if (!command) {
    if (first === undefined || first.startsWith('-')) {
      program(args.length > 0 ? args : ['--help'], context).parse(
        [...(args.length > 0 ? args : ['--help'])],
        (_error: unknown, _argv: unknown, out: string) => collect(out),
      );
      if (help) return { command: 'help', text: help };
    }
    const near = first && nearest(first, commandNames);
    const problem = `Expected a command (${commandNames.join(', ')}) but received ${first}${suggest(near || undefined)}`;
    throw cliError('FACEPIPE_E_USAGE', { problem, command: '' });
  }
  let failure: unknown;
  const remember = (error: unknown) => {
    failure ??= error;
  };
  const { values, origins } = valuesFor(command, args, context.env);
  const parser = program(args, context, remember).config(values);
  const parsed = parser
    .fail((message: string) => {
      remember(cliError('FACEPIPE_E_USAGE', { problem: reword(message), command: `${command} ` }));
    })
    .parse([...args], (_error: unknown, _argv: unknown, out: string) => collect(out)) as Record<
    string,
    unknown
  >;
  const isVersion = parsed?.version === true;
  if (help && !failure)
    return { command: 'help', text: isVersion ? help : withExamples(help, commands[command]) };
  for (const [flag, spec] of Object.entries(commands[command].flags))
    if (isGiven(args, flag, spec)) origins.set(flag, { where: commandLine, value: parsed?.[flag] });
  if (failure) throw withOrigin(failure, origins);
  refuseUnknown(command, parsed);
  try {
    checkRules(command, parsed, new Set(origins.keys()));
  } catch (error) {
    throw withOrigin(error, origins);
  }
  const extra = (parsed._ as unknown[]).slice(1).map(String);
  const spec: CommandSpec = commands[command];
  if (!spec.positional && extra.length > 0) {
    throw cliError('FACEPIPE_E_USAGE', {
      problem: `${command} takes no arguments but received ${extra[0]}`,
      command: `${command} `,
    });
  }
  if (parsed.cascade === 'list') return { command: 'help', text: cascadeNames.join('\n') };
  // what stands behind -- is not in the positional argument
  const files = spec.positional
    ? [...((parsed[spec.positional.name] ?? []) as unknown[]).map(String), ...extra]
    : [];
  const misspelt = misspeltVariables(context.env, allFlags);
  return { command, options: parsed, files, misspelt, origins } as unknown as Invocation;
}
