import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksOf, documentedBlocks, documents, reasons } from './documents.js';

/** By the tests beside this one: commands are run, code is compiled, configuration is read by the program it is for. */
const tried = new Set(['sh', 'js', 'ts', 'html', 'conf', 'yaml', 'json', 'jsonc', 'promql']);
/** What is printed or drawn, and typed by nobody. */
const shown = 'text';
const typed = /^\s*(\$ |#!|(npx|npm|node|facepipe|docker|kubectl|sudo|curl|aws|apt-get|git|mosquitto\w*) )/m;

test('blocks are found with their language, place and mark', () => {
  const text = [
    '```sh',
    'a',
    '```',
    '<!-- not run: needs a camera -->',
    '~~~~js x',
    '```',
    '~~~~',
    '- ```',
    '  in a list',
    '  ```',
    '',
    '<!-- not run: far away -->',
    '',
    '> ```yaml',
    '> a: 1',
    '> ```',
    '`` ```inline``` ``',
  ].join('\n');
  assert.deepEqual(blocksOf('x.md', text), [
    { place: 'x.md:1', language: 'sh', text: 'a\n', notRun: undefined },
    { place: 'x.md:5', language: 'js', text: '```\n', notRun: 'needs a camera' },
    { place: 'x.md:8', language: '', text: 'in a list\n', notRun: undefined },
    { place: 'x.md:14', language: 'yaml', text: 'a: 1\n', notRun: undefined },
  ]);
  assert.throws(() => blocksOf('x.md', '```sh\na'), /x\.md:1: the fence is not closed/);
});

test('every block is run, compiled or read by a test, or says above it why not', () => {
  const found = documents();
  for (const file of ['README.md', 'docs/security.md', 'packages/wire/README.md', 'examples/README.md'])
    assert.ok(found.includes(file), file);
  for (const { place, language, text, notRun } of documentedBlocks()) {
    if (language === shown) {
      assert.equal(notRun, undefined, `${place}: text is not run anyhow`);
      assert.doesNotMatch(text, typed, `${place}: this is typed, so it is no text`);
      continue;
    }
    assert.ok(tried.has(language), `${place}: no test knows what to do with the language "${language}"`);
    if (notRun !== undefined)
      assert.ok(reasons.includes(notRun), `${place}: "${notRun}" is none of: ${reasons.join('; ')}`);
  }
});
