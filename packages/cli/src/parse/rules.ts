import { cliError } from '../cli-error.js';
import type { CommandName } from './command.js';

/** One side of a command that has brokers, by the prefix of its flags and the flag of its URL. */
const sides: Partial<Record<CommandName, readonly { prefix: string; url: string; key?: string }[]>> = {
  capture: [{ prefix: '', url: 'broker' }],
  log: [{ prefix: '', url: 'broker' }],
  view: [{ prefix: '', url: 'broker', key: 'tls-key' }],
  sink: [{ prefix: '', url: 'broker', key: 'tls-key' }],
  forward: [
    { prefix: 'from-', url: 'from' },
    { prefix: 'to-', url: 'to' },
  ],
};

type Given = Readonly<Record<string, unknown>>;

function textsOf(value: unknown): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

const namesUser = (url: string): boolean => /^[a-z]+:\/\/[^/@:]+(:[^@]*)?@/i.test(url);

function bothPasswords(given: Given, prefix: string): string | undefined {
  const [text, file] = [`${prefix}password`, `${prefix}password-file`];
  const both = given[text] !== undefined && given[file] !== undefined;
  return both ? `Expected --${text} or --${file} but received both` : undefined;
}

/** What is wrong with the credentials of one side; undefined where nothing is. */
function credentialFault(given: Given, prefix: string, url: string, key: string): string | undefined {
  const flag = (name: string): string => `--${prefix}${name}`;
  const has = (name: string): boolean => given[name] !== undefined;
  const urls = textsOf(given[url]);
  const both = bothPasswords(given, prefix);
  if (both) return both;
  const password = ['password', 'password-file'].find((name) => has(`${prefix}${name}`));
  if (password && !has(`${prefix}username`) && !urls.some(namesUser))
    return `Expected ${flag('username')} with ${flag(password)} but received none`;
  const pair: readonly [string, string][] = [
    [`${prefix}cert`, key],
    [key, `${prefix}cert`],
  ];
  const alone = pair.find(([one, other]) => has(one) && !has(other));
  if (alone) return `Expected --${alone[1]} with --${alone[0]} but received none`;
  const tls = [`${prefix}ca`, `${prefix}cert`, key].find(has);
  // a URL that is none has a sentence of its own
  const plain = urls.every((text) => /^(mqtt|ws):\/\//i.test(text));
  if (tls && plain)
    return `Expected a --${url} with mqtts:// or wss:// for --${tls} but received ${urls.length === 0 ? 'none' : 'one without TLS'}`;
  return undefined;
}

/** What only cascades have. */
const ofCascades = ['cascade', 'scale-factor', 'min-neighbors'] as const;

/** The engine blaze is a network: it has no cascade, and the flags of one would say nothing. */
function networkFault(given: Given, stated: ReadonlySet<string>): string | undefined {
  if (given.engine !== 'blaze') return undefined;
  const flag = ofCascades.find((name) => stated.has(name));
  if (flag) return `Expected --engine simd or opencv with --${flag} but received blaze, which has no cascade`;
  const threads = Number(given.threads);
  return threads > 1 ? `Expected --threads 1 with --engine blaze but received ${threads}` : undefined;
}

/**
 * Rules between flags: what would be passed over in silence.
 * @param stated the flags that somebody gave; the others have their defaults
 * @throws FACEPIPE_E_USAGE
 */
export function checkRules(
  command: CommandName,
  given: Given,
  stated: ReadonlySet<string> = new Set(Object.keys(given)),
): void {
  const refuse = (problem: string | undefined): void => {
    if (problem) throw cliError('FACEPIPE_E_USAGE', { problem, command: `${command} ` });
  };
  for (const { prefix, url, key = `${prefix}key` } of sides[command] ?? []) {
    refuse(credentialFault(given, prefix, url, key));
  }
  refuse(networkFault(given, stated));
  if (command !== 'broker') return;
  const { username, password, 'password-file': file } = given;
  const received = [username, password ?? file].filter((value) => value !== undefined).length;
  refuse(bothPasswords(given, ''));
  if (received === 1)
    refuse('Expected --username and a password (--password-file) together but received one of them');
}
