import { createDetector, type Image, type ModelName, modelNames } from '@facepipe/core';
import { compileBlaze } from '../../packages/core/dist/blaze-module.js';
import { openNetwork } from '../../packages/core/dist/blaze-network.js';
import { loadWeights } from '../../packages/core/dist/blaze-weights.js';
import { candidatesIn, measureCrops } from './blaze-crops.js';
import { measureBlazeStart } from './blaze-start.js';
import { machine } from './machine.js';
import { lowTenth, median } from './median.js';
import { colourPicture } from './picture.js';
import { table } from './table.js';

// node dist/blaze.js [--short]: BlazeFace as verifier beside onnxruntime-web, as engine beside a cascade, from the
// import to the first verdict, and the memory that its kernel holds.

const short = process.argv.includes('--short');
const repeats = short ? 30 : 200;
const processes = short ? 2 : 9;
const size = { width: 640, height: 480 };

/** Bytes of the kernel's memory for images of one size. */
async function memoryOf(model: ModelName, image: Image, width: number, height: number): Promise<number> {
  const runner = await openNetwork(await loadWeights(model), await compileBlaze());
  runner.run(image, { x: 0, y: 0, width: image.width, height: image.height }, width, height);
  return runner.bytes;
}

/** The network on the whole image, at 288×224, and a cascade, in turns: rows of a table. */
async function engineRows(image: Image): Promise<string[][]> {
  const cascade = await createDetector({ cascade: 'frontalface_alt2' });
  const blaze = await createDetector({ engine: 'blaze' });
  const searches = [
    { name: 'blaze full, 288×224', look: () => blaze.detect(image) },
    {
      name: `frontalface_alt2, ${size.width}×${size.height}, minNeighbors 4, minSize 30`,
      look: () => cascade.detect(image, { minNeighbors: 4, minSize: 30 }),
    },
  ];
  const times = searches.map((): number[] => []);
  const faces = searches.map(() => 0);
  const turns = Math.ceil(repeats / 4);
  for (let turn = -turns; turn < turns; turn++) {
    for (const [index, { look }] of searches.entries()) {
      const start = performance.now();
      faces[index] = (await look()).length;
      if (turn >= 0) times[index]?.push(performance.now() - start);
    }
  }
  await Promise.all([cascade.close(), blaze.close()]);
  return searches.map(({ name }, index) => {
    const own = times[index] ?? [];
    return [name, String(faces[index]), `${median(own).toFixed(1)} (${lowTenth(own).toFixed(1)})`];
  });
}

const image = await colourPicture(size.width, size.height);
const boxes = await candidatesIn(image);
const [box] = boxes;
if (!box) throw new Error('there is no candidate in the picture');
const mega = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

const crops: string[][] = [];
for (const model of modelNames) {
  const { ours, onnx } = await measureCrops(model, image, boxes, repeats);
  const memory = await memoryOf(model, image, 96, 96);
  const both = [ours, onnx].map((times) => `${median(times).toFixed(2)} (${lowTenth(times).toFixed(2)})`);
  crops.push([model, ...both, `${(median(onnx) / median(ours)).toFixed(1)}×`, mega(memory)]);
}
const engines = await engineRows(image);
const starts = measureBlazeStart(modelNames, image, box, processes);

console.log(`# BlazeFace

Measured on: ${machine()}.
Medians of ${repeats}, and in brackets what a tenth of them are at most; taken in turns in one run, one thread; a photograph in
red, green and blue, ${size.width}×${size.height}.

## One candidate, a crop of 96×96

Milliseconds. The verifier's are from the image to the verdict; onnxruntime-web's, on the same crops, are of the network
alone. The kernel's memory in MB, weights included.

${table(['model', 'verifier', 'onnxruntime-web', 'ratio', 'memory'], crops)}

## The whole image

${table(['', 'faces', 'ms'], engines)}

The kernel of \`full\` holds ${mega(await memoryOf('full', image, 288, 224))} MB at 288×224.

## From import to the first verdict

Milliseconds in a fresh process, medians of ${processes}; how much the process grew, in MB.

${table(
  ['model', 'import', 'create', 'first verdict', 'in all', 'grown'],
  starts.map(({ model, grown, ...times }) => [
    model,
    ...[times.imported, times.created, times.first, times.total].map((ms) => ms.toFixed(1)),
    mega(grown),
  ]),
)}
`);
