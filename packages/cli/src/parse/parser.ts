import { readFileSync } from 'node:fs';
import { cascadeNames } from '@facepipe/core';
import leven from 'leven';
import yargs from 'yargs';
import { cliError } from '../error.js';
import { type CommandName, type CommandOptions, type CommandSpec, commands } from './command.js';
import { type Values, valuesFromEnvironment, valuesFromFile } from './config.js';

/** What the command line asks for. */
export type Invocation =
  | { [N in CommandName]: { command: N; options: CommandOptions<N>; files: string[] } }[CommandName]
  | { command: 'help'; text: string };

export interface ParserContext {
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  /** Columns of the terminal, where `--help` wraps, at 120 at most; without one its lines are whole. */
  columns?: number;
}

const commandNames = Object.keys(commands) as CommandName[];
const allFlags: CommandSpec['flags'] = Object.assign({}, ...commandNames.map((name) => commands[name].flags));

function nearest(word: string, words: readonly string[]): string | undefined {
  const ranked = words.map((candidate) => ({ candidate, distance: leven(word, candidate) }));
  const best = ranked.sort((a, b) => a.distance - b.distance)[0];
  return best && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

const suggest = (near: string | undefined): string => (near ? `; the nearest is ${near}` : '');

/** yargs keeps only the message of what a coercion throws; this keeps the error. */
function remembering(flags: CommandSpec['flags'], remember: (error: unknown) => void): CommandSpec['flags'] {
  const entries = Object.entries(flags).map(([name, flag]) => {
    const { coerce } = flag;
    if (!coerce) return [name, flag];
    const watched = (raw: unknown): unknown => {
      try {
        return coerce(raw);
      } catch (error) {
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
      'Exit codes: 0 done, 1 failed while running, 2 bad usage, 3 source, 4 broker, 5 store unavailable, 130/143 on signals.',
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

function valuesFor(command: CommandName, args: readonly string[], env: ParserContext['env']): Values {
  const { flags }: CommandSpec = commands[command];
  const fromEnvironment = valuesFromEnvironment(env, flags);
  const given = args.findLastIndex((arg) => arg === '--config' || arg.startsWith('--config='));
  const inline = args[given]?.split('=').slice(1).join('=');
  const file = given >= 0 ? inline || args[given + 1] : fromEnvironment.config;
  if (file === undefined) return fromEnvironment;
  let text: string;
  try {
    text = readFileSync(String(file), 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw cliError('FACEPIPE_E_FILE', { file: String(file), flag: 'config', reason }, error);
  }
  const fromFile = valuesFromFile(String(file), text, allFlags);
  const relevant = Object.entries(fromFile).filter(([flag]) => flag in flags);
  return { ...Object.fromEntries(relevant), ...fromEnvironment };
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
  const parser = program(args, context, remember).config(valuesFor(command, args, context.env));
  const parsed = parser
    .fail((message: string) => {
      remember(cliError('FACEPIPE_E_USAGE', { problem: reword(message), command: `${command} ` }));
    })
    .parse([...args], (_error: unknown, _argv: unknown, out: string) => collect(out)) as Record<
    string,
    unknown
  >;
  const isVersion = parsed.version === true;
  if (help && !failure)
    return { command: 'help', text: isVersion ? help : withExamples(help, commands[command]) };
  if (failure) throw failure;
  refuseUnknown(command, parsed);
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
  return { command, options: parsed, files } as unknown as Invocation;
}
