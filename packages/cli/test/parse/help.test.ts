import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cascadeNames } from '@facepipe/core';
import { commands } from '../../dist/parse/command.js';
import { parseCommandLine } from '../../dist/parse/parser.js';

const context = { env: {}, version: '1.2.3', columns: 100 };
const parse = (line: string, env: Record<string, string> = {}) =>
  parseCommandLine(line.split(' ').filter(Boolean), { ...context, env });

test('every command explains itself', () => {
  for (const line of ['', '--help', ...Object.keys(commands).map((name) => `${name} --help`)]) {
    const help = parse(line) as { command: 'help'; text: string };
    assert.equal(help.command, 'help');
    assert.match(help.text, /facepipe/);
  }
  for (const [name, { flags }] of Object.entries(commands)) {
    const { text } = parse(`${name} --help`) as { text: string };
    for (const flag of Object.keys(flags))
      assert.match(text, new RegExp(`--${flag}\\b`), `${name} --${flag}`);
  }
  for (const line of ['--version', '-v', 'capture --version', 'detect -v'])
    assert.equal((parse(line) as { text: string }).text, '1.2.3', line);
});

const helpOf = (args: readonly string[], columns?: number): string => {
  const invocation = parseCommandLine(args, { env: {}, version: '0', ...(columns && { columns }) });
  return invocation.command === 'help' ? invocation.text : assert.fail(`${args.join(' ')} is no help`);
};

test('the word help is the flag', () => {
  assert.equal(helpOf(['help']), helpOf(['--help']));
  for (const name of Object.keys(commands)) assert.equal(helpOf(['help', name]), helpOf([name, '--help']));
  assert.throws(() => helpOf(['help', 'captur']), {
    code: 'FACEPIPE_E_USAGE',
    message: /nearest is capture/,
  });
});

test('help has whole lines without a terminal, and fits into one', () => {
  for (const [name, { flags, examples }] of Object.entries(commands)) {
    const lines = helpOf([name, '--help']).split('\n');
    for (const [flag, { describe }] of Object.entries(flags))
      assert.ok(
        lines.some((line) => line.includes(`--${flag} `) && line.includes(describe)),
        `${name} --${flag}`,
      );
    for (const columns of [40, 80, 300]) {
      const text = helpOf([name, '--help'], columns);
      const pasted = new Set(examples.flatMap(([line, does]) => [`  ${line}`, `  # ${does}`]));
      for (const line of text.split('\n').filter((line) => !pasted.has(line)))
        assert.ok(line.length <= Math.min(120, columns), `${columns}: ${line}`);
      for (const [line] of examples) assert.ok(text.split('\n').includes(`  ${line}`), line);
    }
  }
});

test('the examples of every help are taken by the parser as they stand', () => {
  for (const [name, { examples }] of Object.entries(commands)) {
    const help = helpOf([name, '--help'], 60);
    const shown = help.slice(help.indexOf('\nExamples:\n')).split('\n').slice(2);
    const lines = shown.filter((line) => !line.startsWith('  #'));
    assert.equal(lines.length, examples.length, name);
    for (const line of lines) {
      const parts = line.split('|').map((part) => part.trim().split(/\s+/));
      const [, ...args] = parts.find(([program]) => program === 'facepipe') ?? assert.fail(line);
      assert.equal(parseCommandLine(args, { env: {}, version: '0' }).command, name, line);
    }
  }
});

test('the cascade list is the list of cascades', () => {
  for (const name of ['detect', 'capture', 'demo'])
    assert.deepEqual(helpOf([name, '--cascade', 'list']).split('\n'), [...cascadeNames]);
});
