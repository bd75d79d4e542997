// Puts the modules of @facepipe/core together into few files, packages/core/bundle, which is what the package exports:
// a browser asks for two instead of twenty-five, and Node reads them in half the time. The file of a thread holds all
// it needs but the engines opencv and blaze and what reads XML: sharing with the page's would cut that one in two.
import { copyFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const dist = new URL('../dist/', import.meta.url);
const target = new URL('../bundle/', import.meta.url);
/** What parts loaded on demand have in common with the rest: in one file, not in one for each set of them. */
const shared = {
  name: 'shared',
  test: /dist\/(abort|argument|blaze-(option|source)|box|cascade-compact|dispose|error|face|find-faces|gray|image(-part|-read)?|keeper|node-module|option|picture|read-url|rgb|thread-count|version|video-frame|wasm-module|yuv)\.js$/,
};
/** BlazeFace, which the verifier and the engine have in common. */
const network = {
  name: 'network',
  test: /dist\/(blaze-(box|compact|decode|model|module|network|parts|plan|read|row|sample|taps|weights)|landmark)\.js$/,
};
const isShipped = (file) => /\.(js|wasm)$/.test(file);

const from = readdirSync(dist).filter(isShipped);
const newest = Math.max(...from.map((file) => statSync(new URL(file, dist)).mtimeMs));
const index = new URL('index.js', target);
if (!existsSync(index) || statSync(index).mtimeMs < newest) {
  rmSync(target, { recursive: true, force: true });
  for (const entry of ['index.js', 'simd-worker.js', 'detector-worker.js']) {
    const bundle = await rolldown({
      input: [fileURLToPath(new URL(entry, dist))],
      platform: 'neutral',
      external: [
        /^node:/,
        /^opencv-wasm/,
        ...(entry === 'index.js' ? [] : ['./opencv.js', './blaze.js', './cascade-parse.js']),
      ],
    });
    await bundle.write({
      dir: fileURLToPath(target),
      entryFileNames: '[name].js',
      chunkFileNames: '[name].js',
      codeSplitting: entry === 'index.js' && { groups: [shared, network] },
    });
    await bundle.close();
  }
  for (const kernel of ['haar.wasm', 'blaze.wasm'])
    copyFileSync(new URL(kernel, dist), new URL(kernel, target));
}
