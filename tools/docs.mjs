// Writes docs/errors.md and docs/commands.md from the tables the programs themselves use, and the table of
// docs/runtimes.md from what was found; --check only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { cliErrors, commands } from '../packages/cli/dist/index.js';
import { cloudErrors } from '../packages/cloud/dist/index.js';
import { coreErrors } from '../packages/core/dist/index.js';
import { edgeErrors, sourceErrors, spoolErrors } from '../packages/edge/dist/index.js';
import { serviceErrors } from '../packages/service/dist/index.js';
import { viewErrors } from '../packages/view/dist/index.js';
import { wireErrors } from '../packages/wire/dist/index.js';
import { staleResults, withTable } from './runtimes-table.mjs';

// what stands in angle brackets would be taken for HTML, and be gone
const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('<', '\\<').replaceAll('\n', ' ');

const tables = [
  ['@facepipe/core', coreErrors],
  ['@facepipe/service', serviceErrors],
  ['@facepipe/wire', wireErrors],
  ['@facepipe/cloud', cloudErrors],
  ['@facepipe/edge', edgeErrors],
  ['@facepipe/edge: sources', sourceErrors],
  ['@facepipe/edge: spool', spoolErrors],
  ['@facepipe/view', viewErrors],
  ['facepipe: commands', cliErrors],
];

function errorsPage() {
  const anchored = new Set();
  // two packages may have one code; an id may be on a page once only
  const anchor = (code) => (anchored.has(code) ? '' : `<a id="${code.toLowerCase()}"></a>`);
  const sections = tables.map(([name, table]) => {
    const rows = Object.entries(table)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([code, { exit, message, remedy = '' }]) => {
        const row = `| ${anchor(code)}\`${code}\` | ${exit} | ${cell(message)} | ${cell(remedy)} |`;
        anchored.add(code);
        return row;
      });
    return `## ${name}\n\n| code | exit code | what it says | what to do |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Errors

Made by \`npm run docs\` from the tables in the packages. Every error has a \`code\`; a command prints its sentence on
stderr, followed by the code and by the address of its row on this page, and ends with the exit code. With \`--json\`
the address is \`see\`. What stands in braces is filled in. Not sure which error it is? Look under
[When something is wrong](symptoms.md).

Exit codes: 0 done; 1 failed while running, or faces were lost; 2 bad usage or configuration; 3 source unavailable, or
some pictures of its files could not be read, and all others were done; 4 broker unavailable, also at the end of a
capture whose faces wait for it in the spool; 5 store unavailable; 130 and 143 after SIGINT and SIGTERM, once everything
is drained. Errors have theirs in \`exit\`.

${sections.join('\n')}`;
}

function shownDefault({ default: value, defaultDescription, demandOption }) {
  if (demandOption) return 'required';
  if (defaultDescription) return defaultDescription;
  return value === undefined ? '' : `\`${value}\``;
}

function commandsPage() {
  const sections = Object.entries(commands).map(([name, { describe, flags, positional, examples }]) => {
    const rows = Object.entries(flags).map(([flag, options]) => {
      const alias = options.alias ? `, \`-${options.alias}\`` : '';
      const choices = options.choices ? ` (${options.choices.join(', ')})` : '';
      return `| \`--${flag}\`${alias} | ${cell(options.describe)}${choices} | ${cell(shownDefault(options))} |`;
    });
    const usage = `facepipe ${name}${positional ? ` ${positional.name.toUpperCase()}…` : ''} [flags]`;
    const lines = examples.map(([line, does]) => `${line}    # ${does}`);
    return `## ${name}\n\n${describe}.\n\n\`\`\`sh\n${usage}\n${lines.join('\n')}\n\`\`\`\n\n| flag | meaning | default |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Commands

Made by \`npm run docs\` from the table the parser uses. Every flag can also be set as \`FACEPIPE_<FLAG>\`
(\`--scale-factor\` is \`FACEPIPE_SCALE_FACTOR\`; lists are separated by spaces) and in a YAML or JSON file given with
\`--config\`; a flag wins over the environment, the environment over the file, the file over the default.
Results go to stdout, logs and progress to stderr.

${sections.join('\n')}`;
}

/** The page of symptoms with its table of all messages, in the order of their fixed words. */
function symptomsPage() {
  const entries = tables.flatMap(([, table]) => Object.entries(table));
  const shown = (message) => message.replace(/\{\w+\}/g, '…').replace(/\.$/, '');
  const once = [...new Map(entries.map(([code, { message }]) => [code, shown(message)]))];
  const articles = /^(the|a|an|there is no|no|…|[^a-z])+ /;
  const letters = (text) =>
    text
      .toLowerCase()
      .replace(articles, '')
      .replaceAll(/[^a-z ]/g, '');
  const rows = once
    // two have no words of their own
    .filter(([, text]) => /[a-z]/.test(text))
    .sort(([, a], [, b]) => letters(a).localeCompare(letters(b)))
    .map(([code, text]) => `| ${cell(text)} | [${code}](errors.md#${code.toLowerCase()}) |`);
  const page = readFileSync(new URL('../docs/symptoms.md', import.meta.url), 'utf8');
  const [before, rest] = page.split(/(?<=<!-- words: .* -->\n)/);
  const [, after] = rest.split(/(?=<!-- end of words -->)/);
  return `${before}\n| message | error |\n|---|---|\n${rows.join('\n')}\n\n${after ?? rest}`;
}

const runtimesPage = () => withTable(readFileSync(new URL('../docs/runtimes.md', import.meta.url), 'utf8'));

const pages = {
  'errors.md': errorsPage(),
  'commands.md': commandsPage(),
  'runtimes.md': runtimesPage(),
  'symptoms.md': symptomsPage(),
};
const check = process.argv.includes('--check');
for (const [name, text] of Object.entries(pages)) {
  const file = new URL(`../docs/${name}`, import.meta.url);
  if (!check) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    console.error(`docs/${name} is older than the code it describes: run \`npm run docs\``);
    process.exitCode = 1;
  }
}
for (const name of staleResults()) {
  console.error(`the results of ${name} are of other versions: run \`npm run test:runtimes -- --write\``);
  process.exitCode = 1;
}
