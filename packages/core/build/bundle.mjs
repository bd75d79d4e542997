// Puts the modules of @facepipe/core together into few files, packages/core/bundle, which is what the package exports:
// a browser asks for two instead of twenty-five, and Node reads them in half the time. The file of a thread holds all
// it needs: sharing with the page's would cut that one in two, and some bundlers take the file alone. Comments are in
// the sources and the declarations.
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const dist = new URL('../dist/', import.meta.url);
const target = new URL('../bundle/', import.meta.url);
const inDist = (file) => fileURLToPath(new URL(file, dist));

/** What parts loaded on demand have in common with the rest: in one file, not in one for each set of them. */
const shared = {
  name: 'shared',
  test: /dist\/(abort|argument|blaze-(option|source)|box|cascade-compact|dispose|error|face|find-faces|gray|image(-part|-read)?|keeper|missing-file|node-module|opencv-provided|option|picture|read-url|rgb|thread-count|version|video-frame|wasm-module|yuv)\.js$/,
};
/** BlazeFace, which the verifier and the engine have in common. */
const network = {
  name: 'network',
  test: /dist\/(blaze-(box|compact|decode|model|module|network|parts|plan|read|row|sample|taps|weights)|landmark)\.js$/,
};

/** No addresses of files that are never read: a bundler would bring along what is there. */
const withoutFiles = {
  name: 'without-files',
  transform(code) {
    const found = /new URL\('[^']*?([^'/]+)', import\.meta\.url\)/g;
    const replaced = code.replace(found, (_, file) => `missingFile('${file}')`);
    return replaced === code ? undefined : `import { missingFile } from './missing-file.js';\n${replaced}`;
  },
};

/** No code that is loaded on demand: Vite before 8 builds no workers with it, and service workers load none. */
const atOnce = {
  name: 'at-once',
  transform(code) {
    const imported = [];
    const replaced = code.replace(/\bimport\('(\.\/[^']+)'\)/g, (_, file) => {
      imported.push(`import * as part${imported.length} from '${file}';\n`);
      return `Promise.resolve(part${imported.length - 1})`;
    });
    return imported.length === 0 ? undefined : imported.join('') + replaced;
  },
};

/** Nothing that depends on the place of the file: a bundle of CommonJS has none. */
const withoutPlace = {
  name: 'without-place',
  transform: (code) => code.replaceAll('import.meta.url', 'undefined'),
};

/** The kernel and the cascade as text. */
const holding = {
  name: 'holding',
  resolveId: {
    order: 'pre',
    handler(id) {
      if (id === '#inline/haar.wasm') return { id: './haar.wasm', external: true };
      if (id.startsWith('#inline/')) return id;
      return id === './opencv.js' ? inDist('inline-opencv.js') : undefined;
    },
  },
  load(id) {
    if (!id.startsWith('#inline/')) return undefined;
    const name = id.slice('#inline/'.length);
    const file = name === 'kernel' ? '../bundle/haar.wasm' : '../cascades/frontalface_default.cascade';
    const text = gzipSync(readFileSync(new URL(file, import.meta.url)), { level: 9 }).toString('base64');
    return `export const ${name} = '${text}';`;
  },
};

async function write(inputs, plugins, codeSplitting) {
  const bundle = await rolldown({
    input: inputs.map(inDist),
    platform: 'neutral',
    external: [/^node:/, /^opencv-wasm/],
    plugins,
  });
  await bundle.write({
    dir: fileURLToPath(target),
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    codeSplitting,
    comments: { legal: true, annotation: true, jsdoc: false },
  });
  await bundle.close();
}

const isShipped = (file) => /\.(js|wasm)$/.test(file);
const timeOf = (file) => statSync(file).mtimeMs;
const newest = Math.max(
  timeOf(new URL(import.meta.url)),
  ...readdirSync(dist)
    .filter(isShipped)
    .map((file) => timeOf(inDist(file))),
);
const last = new URL('inline.js', target);
if (!existsSync(last) || timeOf(last) < newest) {
  rmSync(target, { recursive: true, force: true });
  await write(['index.js', 'opencv-web.js'], [], { groups: [shared, network] });
  for (const kernel of ['haar.wasm', 'blaze.wasm']) copyFileSync(inDist(kernel), new URL(kernel, target));
  for (const worker of ['simd-worker.js', 'detector-worker.js'])
    await write([worker], [withoutFiles, atOnce], false);
  const whole = {
    groups: [{ name: 'inside', test: /dist\/(?!inline(-workerd)?\.js).*\.js$|#inline\/cascade$/ }],
  };
  await write(['inline.js', 'inline-workerd.js'], [holding, withoutFiles, withoutPlace, atOnce], whole);
}
