// The formatter and the linter, over the files that git knows: what else lies in a clone is nobody's source.
// Arguments go to `biome check`, as --write.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The files of the index that are there; everything where there is no git, as in an unpacked archive. */
function files() {
  const { status, stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) return ['.'];
  return stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}

const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
const flags = ['check', '--files-ignore-unknown=true', '--no-errors-on-unmatched'];
const { status } = spawnSync(process.execPath, [biome, ...flags, ...process.argv.slice(2), ...files()], {
  cwd: root,
  stdio: ['ignore', 2, 2],
});
/** The formatter breaks code, and leaves comments and documents as they are. What a program made is as it made it. */
const widest = 120;
const isComment = /^\s*(\/\/|\/?\*)/;

/** The lines of a file that somebody writes as sentences, by their numbers. */
function sentences(file, text) {
  const lines = [...text.split('\n').entries()];
  // Markdown in a text begins with stars, too
  if (!file.endsWith('.md'))
    return lines.filter(([, line]) => isComment.test(line) && !line.startsWith('**'));
  let inCode = false;
  return lines.filter(([, line]) => {
    if (line.startsWith('```')) inCode = !inCode;
    return !inCode && !line.startsWith('|');
  });
}

/** Lines of a file that is code. */
const longest = 300;

let tooLong = 0;
for (const file of files()) {
  if (!/\.(ts|mjs|js|md)$/.test(file) || file.endsWith('.d.ts')) continue;
  const text = readFileSync(join(root, file), 'utf8');
  for (const [index, line] of sentences(file, text)) {
    if ([...line].length <= widest) continue;
    console.error(`${file}:${index + 1}: a sentence of more than ${widest} columns`);
    tooLong++;
  }
  if (file.endsWith('.md') || text.split('\n').length - 1 <= longest) continue;
  console.error(`${file}: more than ${longest} lines`);
  tooLong++;
}
process.exitCode = (status ?? 1) || (tooLong > 0 ? 1 : 0);
