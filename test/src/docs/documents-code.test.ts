import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blocksIn, root } from '../support/documents.js';
import { freshFolder } from '../support/program.js';

const strict = { module: 'NodeNext', target: 'ES2023', strict: true, skipLibCheck: true, noEmit: true };
/** A page's script is no typed program: what it asks the document for may be null. */
const loose = { ...strict, strict: false, lib: ['ES2023', 'DOM'] };

/** What the compiler says to these files, each with a text, beside the packages of this clone. */
function compile(files: readonly (readonly [name: string, text: string])[], options: object): string {
  const folder = freshFolder('facepipe-code-');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const types = join(root, 'node_modules/@types');
  const compilerOptions = { ...options, allowJs: true, checkJs: true, typeRoots: [types], types: ['node'] };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['*.js', '*.ts'] }),
  );
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' }).stdout;
}

const nameOf = (place: string, extension: string) => `${place.replace(/[/:.]/g, '-')}.${extension}`;

test('what documents have in JavaScript and TypeScript compiles as it stands', { timeout: 300_000 }, () => {
  const files = blocksIn('js', 'ts').map(
    ({ place, language, text }) => [nameOf(place, language), text] as const,
  );
  assert.ok(files.length > 3);
  assert.equal(compile(files, strict), '');
  // the packages themselves were looked at
  assert.match(compile([['x.js', "import { no } from '@facepipe/core';\nno();"]], strict), /TS2305/);
});

test('the scripts of documented pages compile, and their import maps lead to files', {
  timeout: 300_000,
}, () => {
  const pages = blocksIn('html');
  assert.ok(pages.length > 0);
  const files = pages.map(({ place, text }) => {
    const map = /<script type="importmap">(.*?)<\/script>/s.exec(text)?.[1] ?? '{"imports":{}}';
    const { imports }: { imports: Record<string, string> } = JSON.parse(map);
    for (const [name, path] of Object.entries(imports)) {
      const file = path.replace(`/node_modules/${name}/`, '');
      assert.equal(join(root, 'packages/core', file), join(root, 'packages/core/bundle/index.js'), path);
    }
    const script =
      /<script type="module">(.*?)<\/script>/s.exec(text)?.[1] ?? assert.fail(`${place}: no script`);
    return [nameOf(place, 'js'), script] as const;
  });
  assert.equal(compile(files, loose), '');
});
