import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandName } from '../../dist/parse/command.js';
import { checkRules } from '../../dist/parse/rules.js';

const refused = (command: CommandName, given: Record<string, unknown>, message: RegExp) =>
  assert.throws(() => checkRules(command, given), { code: 'FACEPIPE_E_USAGE', exit: 2, message });

test('what would be passed over in silence is refused, on every side of every command', () => {
  const sides: [CommandName, string, string, string][] = [
    ['log', '', 'broker', 'key'],
    ['capture', '', 'broker', 'key'],
    ['sink', '', 'broker', 'tls-key'],
    ['forward', 'from-', 'from', 'from-key'],
    ['forward', 'to-', 'to', 'to-key'],
  ];
  for (const [command, prefix, url, key] of sides) {
    const [plain, tls] = ['mqtt://edge:1883', 'mqtts://edge:8883'].map((text) => ({
      [url]: command === 'capture' ? [text] : text,
    }));
    const flag = (name: string) => `${prefix}${name}`;
    const login = { [flag('username')]: 'a', [flag('password')]: 'b' };
    refused(command, { ...plain, ...login, [flag('password-file')]: 'f' }, /password-file but received both/);
    refused(command, { ...plain, [flag('password')]: 'b' }, /Expected --\S*username with --\S*password but/);
    refused(command, { ...plain, [flag('password-file')]: 'f' }, /username with --\S*password-file but/);
    for (const name of [flag('ca')])
      refused(command, { ...plain, [name]: 'f' }, /with mqtts:\/\/ or wss:\/\/ for --\S*ca but/);
    refused(command, { ...tls, [flag('cert')]: 'f' }, new RegExp(`Expected --${key} with --${prefix}cert`));
    refused(command, { ...tls, [key]: 'f' }, new RegExp(`Expected --${prefix}cert with --${key}`));
    const whole = { ...login, [flag('ca')]: 'f', [flag('cert')]: 'f', [key]: 'f' };
    checkRules(command, { ...tls, ...whole });
    checkRules(command, { ...plain, ...login });
    checkRules(command, { ...plain, [flag('username')]: 'token' });
    checkRules(command, plain ?? {});
  }
  checkRules('log', { broker: 'mqtt://ann@edge', password: 'b' });
  checkRules('capture', { broker: ['mqtt://edge', 'wss://cloud'], ca: 'f' });
  refused('capture', { ca: 'f' }, /for --ca but received none/);
  // a URL that is none has a sentence of its own
  checkRules('log', { broker: 'edge:1883', ca: 'f' });
});

test('a broker has both, a user name and a password, or neither', () => {
  checkRules('broker', {});
  checkRules('broker', { username: 'a', password: 'b' });
  checkRules('broker', { username: 'a', 'password-file': 'f' });
  refused('broker', { username: 'a' }, /together/);
  refused('broker', { 'password-file': 'f' }, /together/);
  refused('broker', { username: 'a', password: 'b', 'password-file': 'f' }, /both/);
});

test('the flags of cascades say nothing to a network, and are refused where somebody gave them', () => {
  const defaults = { engine: 'blaze', cascade: 'frontalface_alt2', 'scale-factor': 1.1, threads: 1 };
  for (const command of ['capture', 'demo', 'detect'] as const) {
    checkRules(command, defaults, new Set(['engine', 'verify', 'min-size']));
    for (const flag of ['cascade', 'scale-factor', 'min-neighbors'])
      assert.throws(() => checkRules(command, { ...defaults, [flag]: 'x' }, new Set(['engine', flag])), {
        code: 'FACEPIPE_E_USAGE',
        message: new RegExp(`Expected --engine simd or opencv with --${flag} but received blaze`),
      });
    assert.throws(() => checkRules(command, { ...defaults, threads: 2 }, new Set()), /Expected --threads 1/);
    checkRules(command, { ...defaults, engine: 'simd' }, new Set(['cascade', 'threads']));
  }
});
