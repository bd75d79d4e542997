// Packs models/*.xml for the package, after the compiler: what is read and checked here need not be when it is loaded.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { packCascade } from '../packages/core/dist/cascade-pack.js';
import { readCascade } from '../packages/core/dist/cascade-read.js';

const from = new URL('../models/', import.meta.url);
const to = new URL('../packages/core/cascades/', import.meta.url);
const packer = new URL('../packages/core/dist/cascade-pack.js', import.meta.url);

mkdirSync(to, { recursive: true });
for (const file of readdirSync(from).filter((name) => name.endsWith('.xml'))) {
  const source = new URL(file, from);
  const target = new URL(`${file.replace(/^haarcascade_|\.xml$/g, '')}.cascade`, to);
  const newest = Math.max(statSync(source).mtimeMs, statSync(packer).mtimeMs);
  if (existsSync(target) && statSync(target).mtimeMs >= newest) continue;
  writeFileSync(target, packCascade(readCascade(readFileSync(source, 'utf8'))));
}
