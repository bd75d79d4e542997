import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cloudErrors } from '@facepipe/cloud';
import { edgeErrors, sourceErrors, spoolErrors } from '@facepipe/edge';
import { serviceErrors } from '@facepipe/service';
import { wireErrors } from '@facepipe/wire';
import { cliErrors } from 'facepipe';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(root, 'docs/operate.md'), 'utf8');

/** A call that logs at warn or above, up to its first argument. */
const call =
  /(?:\blog|\blogger|#log)(?:\.(warn|error)|\[([^\]]+)\])\(\s*(?:(?:\{[^}]*\}|codeOf\([^)]*\)),\s*)?|\bonWarning\?\.\(\s*|\bonCorrupt\(\s*|(?:#say|\bonTrouble)\(\s*|troubles\.report\(\s*'\w+',\s*/g;
/** The first argument, where it is a text; or the text that stands in for it. */
const literal = /^(?:`([^`]*)`|'([^']*)'|[\w.]+ \?\? '([^']*)')/;

const dots = (text: string, blank: RegExp) => text.replace(blank, '…').replace(/…+/g, '…');

/** Each text that the programs log at warn or above, as `level text`. */
function logged(): Set<string> {
  const found = new Set<string>();
  for (const room of ['cli', 'cloud', 'core', 'edge', 'service', 'wire']) {
    const source = join(root, 'packages', room, 'src');
    for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
      if (!/(?<!\.test|\.test\.support)\.ts$/.test(file)) continue;
      const code = readFileSync(join(source, file), 'utf8');
      for (const { 0: matched, 1: level = 'warn', 2: chosen, index } of code.matchAll(call)) {
        const text = literal
          .exec(code.slice(index + matched.length))
          ?.slice(1)
          .find(Boolean);
        if (text === undefined) continue;
        const levels = (chosen ?? `'${level}'`).match(/(?<=')(warn|error)(?=')/g) ?? [];
        for (const each of levels) found.add(`${each} ${dots(text, /\$\{[^}]*\}/g)}`);
      }
    }
  }
  return found;
}

/** The rows of the page: lines with a level, sentences without. */
const lines = [...page.matchAll(/^\| `([^`]+)` \| (warn|error) \| .+ \|$/gm)];
const section = page.slice(page.indexOf('\n### Sentences'), page.indexOf('\n## Upgrade'));
const sentences = [...section.matchAll(/^\| `([^`]+)` \| .+ \|$/gm)].map(([, sentence = '']) => sentence);

test('every line that is logged at warn and above is on the page, and no other', () => {
  const found = logged();
  assert.ok(found.size > 20, `${found.size} lines`);
  const described = new Set(lines.map(([, text = '', level = '']) => `${level} ${text}`));
  assert.deepEqual([...described].sort(), [...found].sort());
});

/** Errors that end a program, and come in its last line; or that are no line but a dead letter or a drop. */
const last = [
  ...[
    'FACEPIPE_E_LINK_CLOSED',
    'FACEPIPE_E_OUTPUT',
    'FACEPIPE_E_SPOOL_CLOSED',
    'FACEPIPE_E_SPOOL_DAMAGED',
    'FACEPIPE_E_UNDELIVERED',
    'FACEPIPE_E_UNSENT',
  ],
  ...[
    'FACEPIPE_E_FORWARD_DEVICE',
    'FACEPIPE_E_PROPERTY',
    'FACEPIPE_E_STORE_KEY',
    'FACEPIPE_E_SUBSCRIBE_TIMEOUT',
    'FACEPIPE_E_UNHEALTHY',
  ],
];

test('the sentences on the page are those of the errors that come while a program runs', () => {
  const tables = {
    ...wireErrors,
    ...cloudErrors,
    ...spoolErrors,
    ...edgeErrors,
    ...serviceErrors,
    ...cliErrors,
  };
  const shown = ({ message }: { message: string }) => dots(message, /\{\w+\}/g);
  const all = new Set([...Object.values(tables), ...Object.values(sourceErrors)].map(shown));
  assert.deepEqual(
    sentences.filter((sentence) => !all.has(sentence)),
    [],
    'not the sentence of any error',
  );
  const running = Object.entries(tables).filter(
    ([code, { exit }]) => [1, 4, 5].includes(exit) && !last.includes(code),
  );
  assert.deepEqual(
    running.filter(([, entry]) => !sentences.includes(shown(entry))).map(([code]) => code),
    [],
    'not on the page',
  );
});
