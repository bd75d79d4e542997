// Draws the figures of docs/kernel.md from real runs, and prints the numbers its text has. Needs a build (`npm run
// build`).
//
//   node docs/figures/kernel.mjs [--repeats 61]
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { chart, drawing, picture, stacked, text } from './kernel/svg.mjs';
import { timeParts } from './kernel/timing.mjs';
import { walk } from './kernel/walk.mjs';

const root = new URL('../..', import.meta.url);
const core = (name) => import(new URL(`packages/core/dist/${name}.js`, root));
const [
  { createDetector },
  { toGray },
  { readCascade },
  { packCascade },
  { layersOf, roundEven },
  frame,
  module,
  code,
] = await Promise.all(
  [
    'index',
    'gray',
    'cascade-read',
    'cascade-pack',
    'simd-scale',
    'simd-frame',
    'simd-module',
    'simd-code',
  ].map(core),
);

const { values } = parseArgs({ options: { repeats: { type: 'string', default: '61' } } });
const figures = new URL('docs/figures/', root);
const names = ['frontalface_default', 'frontalface_alt2'];
const options = { scaleFactor: 1.1, minNeighbors: 0, minSize: { width: 30, height: 30 } };

async function photograph() {
  const file = fileURLToPath(new URL('packages/edge/photos/astronaut.png', root));
  const { data, info } = await sharp(file)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return toGray({ data, width: info.width, height: info.height, format: 'rgb' });
}

const image = await photograph();
const models = names.map((name) =>
  readCascade(readFileSync(new URL(`models/haarcascade_${name}.xml`, root), 'utf8')),
);
const searchOf = (model) =>
  layersOf(model, image, { ...options, maxSize: { width: image.width, height: image.height } });

/** The walk's hits must be the kernel's, or its counts would be of something else. */
async function expectKernelsHits(name, hits) {
  const { fround } = Math;
  const boxes = hits.map(({ x, y, layer: { scale, window } }) =>
    [x, y].map((one) => roundEven(fround(one * scale))).concat(window.width, window.height),
  );
  const detector = await createDetector({ cascade: name });
  const faces = await detector.detect({ ...image, format: 'gray' }, options);
  await detector.close();
  const ordered = (rows) => JSON.stringify(rows.map((row) => row.join(' ')).sort());
  if (ordered(boxes) !== ordered(faces.map(({ x, y, width, height }) => [x, y, width, height]))) {
    throw new Error(`the walk has other hits than the kernel: ${name}`);
  }
}

/** The photograph with a dot for the middle of each window that is still in. */
async function dotted(dots) {
  const side = 176;
  const { data } = await sharp(Buffer.from(image.data), {
    raw: { width: image.width, height: image.height, channels: 1 },
  })
    .resize(side, side)
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = Buffer.alloc(side * side * 3);
  for (let at = 0; at < data.length; at++) pixels.fill(96 + data[at] * 0.6, at * 3, at * 3 + 3);
  for (const [x, y] of dots) {
    const at = Math.floor((y * side) / image.height) * side + Math.floor((x * side) / image.width);
    pixels.set([215, 40, 30], at * 3);
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png({ palette: true, colours: 64 })
    .toBuffer();
}

const save = (name, svg) => writeFileSync(new URL(name, figures), svg);
mkdirSync(figures, { recursive: true });

const shownStages = [0, 1, 4, 9, 19];
const dots = shownStages.map(() => []);
const walks = [];
for (const [index, model] of models.entries()) {
  const found = walk(model, image, searchOf(model), (stage, { x, y }, { scale }) => {
    const shown = index === 0 ? shownStages.indexOf(stage) : -1;
    if (shown >= 0) dots[shown].push([(x + model.width / 2) * scale, (y + model.height / 2) * scale]);
  });
  await expectKernelsHits(names[index], found.hits);
  walks.push(found);
  const { grid, flat, passedOver, questions, stages } = found;
  console.log(
    `\n${names[index]}: ${searchOf(model).length} layers, ${grid} windows, ${passedOver} passed over, ${flat} too flat, ${questions} questions`,
  );
  for (const [stage, { windows, groups }] of stages.entries()) {
    const lanes = groups ? (windows / groups).toFixed(2) : '';
    console.log(
      `  after stage ${stage} (${model.stages[stage].trees.length} trees): ${windows} windows, ${groups} groups, ${lanes} lanes alive`,
    );
  }
  // of stumps a lane that is asked is one question
  if (model.stages.every(({ trees }) => trees.every(({ nodes }) => nodes.length === 1))) {
    const lanes = (stage) => (stage === 0 ? grid : 8 * stages[stage - 1].groups);
    const asked = model.stages.reduce((sum, { trees }, stage) => sum + lanes(stage) * trees.length, 0);
    console.log(
      `  of what the lanes are asked, ${((100 * questions) / asked).toFixed(1)} % is asked by OpenCV too`,
    );
  }
}

const about = `astronaut.png, ${image.width}×${image.height}, scaleFactor 1.1, minSize 30`;
save(
  'kernel-survivors.svg',
  chart({
    title: 'Windows that are still in after each stage',
    yLabel: about,
    lines: walks.map(({ stages }, index) => ({
      name: names[index],
      values: stages.map(({ windows }) => windows),
    })),
    ticks: [10, 100, 1000, 10_000, 100_000, 1_000_000],
    log: true,
  }),
);
save(
  'kernel-lanes.svg',
  chart({
    title: 'Lanes alive, of eight, in the groups that come out of each stage',
    yLabel: about,
    lines: walks.map(({ stages }, index) => ({
      name: names[index],
      values: stages.map(({ windows, groups }) => windows / Math.max(groups, 1)),
    })),
    ticks: [0, 1, 2, 3, 4, 5, 6, 7, 8],
  }),
);
const pictures = await Promise.all(dots.map(dotted));
save(
  'kernel-where.svg',
  drawing(
    5 * 184 + 8,
    216,
    'Where the windows are that are still in',
    pictures.flatMap((png, index) => [
      picture(8 + 184 * index, 8, 176, 176, png),
      text(
        96 + 184 * index,
        204,
        `after stage ${shownStages[index]}: ${dots[index].length.toLocaleString('en')}`,
        { anchor: 'middle' },
      ),
    ]),
  ),
);

const compiled = await module.compileKernel();
/** The kernel without what JavaScript does before and after it. */
async function open(model, picture) {
  const kernel = await module.instantiateKernel(compiled);
  const loaded = frame.loadInto(kernel, { name: 'figures', bytes: packCascade(model) });
  const arena = frame.fitArena(kernel, loaded, picture);
  const bytes = code.writeCode(kernel, arena);
  await code.placeCode(kernel, arena, { width: arena.width, module: await WebAssembly.compile(bytes) });
  for (const step of [1, 2]) code.useCode(kernel, arena, step, true);
  frame.writeImage(arena, picture);
  return (layer) => {
    frame.writeFrame(arena, picture, layer, false);
    kernel.begin();
    while (kernel.search() >= 0);
  };
}
const bars = [];
for (const [index, model] of models.entries()) {
  const repeats = Number(values.repeats);
  const parts = await timeParts({ open, model, image, layers: searchOf(model), repeats });
  bars.push({ name: names[index], parts });
}
for (const { name, parts } of bars) {
  console.log(`\n${name}, milliseconds:`);
  for (const [part, ms] of Object.entries(parts)) console.log(`  ${part}: ${ms.toFixed(2)}`);
}
save('kernel-time.svg', stacked({ title: `Where the time goes (${about})`, bars }));
