// Packs models/*.xml for the package: gzip brings 9.7 MB of decimal text to 1.5 MB.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const from = new URL('../models/', import.meta.url);
const to = new URL('../packages/core/cascades/', import.meta.url);

mkdirSync(to, { recursive: true });
for (const name of readdirSync(from).filter((file) => file.endsWith('.xml'))) {
  const source = new URL(name, from);
  const target = new URL(`${name}.gz`, to);
  if (existsSync(target) && statSync(target).mtimeMs >= statSync(source).mtimeMs) continue;
  writeFileSync(target, gzipSync(readFileSync(source), { level: 9 }));
}
