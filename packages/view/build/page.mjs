// Puts the page together, packages/view/bundle, which is what the server gives to browsers: its modules and the
// libraries they use become one file, its styles another, beside the document and the icon as they are.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = new URL('../', import.meta.url);
const path = (file) => fileURLToPath(new URL(file, root));
const files = ['index.html', 'icon.svg'];

/** In the order in which one overrules another; those of the charts first. */
const styles = [
  'tokens',
  'base',
  'shell',
  'parts',
  'live',
  'fleet',
  'visits',
  'sheet',
  'detail',
  'hops',
  'areas',
  'sign-in',
];
const chartStyle = createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css');

const inPage = readdirSync(path('page'), { recursive: true }).map((file) => `page/${file}`);
const sources = [...inPage, 'src/protocol.ts', 'build/page.mjs'];
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
  const css = [chartStyle, ...styles.map((style) => path(`page/style/${style}.css`))];
  writeFileSync(path('bundle/page.css'), css.map((file) => readFileSync(file, 'utf8')).join('\n'));
  for (const file of files) copyFileSync(path(`page/${file}`), path(`bundle/${file}`));
  await bundle.write({ file: script, format: 'esm', minify: true });
  await bundle.close();
}
