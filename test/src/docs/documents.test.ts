import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  anchorsOf,
  blocksOf,
  documentedBlocks,
  documentedLinks,
  documents,
  linksOf,
  reasons,
  root,
} from '../support/documents.js';

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
  for (const file of ['README.md', 'CONTRIBUTING.md', 'docs/security.md', 'packages/wire/README.md'])
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

test('links are found with their place, file and anchor', () => {
  const text = 'a [b](c.md#d)\n`[code](no)` ![e](../f.svg) [g](#h) [i](https://j)\n```sh\n[k](l)\n```\n';
  assert.deepEqual(linksOf('docs/x.md', text), [
    { place: 'docs/x.md:1', file: 'docs/c.md', anchor: 'd' },
    { place: 'docs/x.md:2', file: 'f.svg', anchor: undefined },
    { place: 'docs/x.md:2', file: 'docs/x.md', anchor: 'h' },
  ]);
  assert.deepEqual(anchorsOf('# A `b`, and C\n```sh\n# no\n```\n## d_e-f'), ['a-b-and-c', 'd_e-f']);
});

test('every link leads to a file, and to a heading of it', () => {
  const links = documentedLinks();
  assert.ok(links.length > 100);
  for (const { place, file, anchor } of links) {
    assert.ok(existsSync(join(root, file)), `${place}: there is no ${file}`);
    if (anchor === undefined) continue;
    const anchors = anchorsOf(readFileSync(join(root, file), 'utf8'));
    assert.ok(anchors.includes(anchor), `${place}: ${file} has no heading for #${anchor}`);
  }
});
