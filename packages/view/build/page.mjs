// Puts the page together, packages/view/bundle, which is what the server gives to browsers: its modules and the
// libraries they use become one file, beside the document, the styles and the icon as they are.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = new URL('../', import.meta.url);
const path = (file) => fileURLToPath(new URL(file, root));
const files = ['index.html', 'page.css', 'icon.svg'];

const sources = [
  ...readdirSync(path('page')).map((file) => `page/${file}`),
  'src/protocol.ts',
  'build/page.mjs',
];
const newest = Math.max(...sources.map((file) => statSync(path(file)).mtimeMs));
const script = path('bundle/page.js');
if (!existsSync(script) || statSync(script).mtimeMs < newest) {
  rmSync(path('bundle'), { recursive: true, force: true });
  mkdirSync(path('bundle'));
  const bundle = await rolldown({
    input: [path('page/main.tsx')],
    platform: 'browser',
    tsconfig: path('page/tsconfig.json'),
  });
  await bundle.write({ file: script, format: 'esm', minify: true });
  await bundle.close();
  for (const file of files) copyFileSync(path(`page/${file}`), path(`bundle/${file}`));
}
