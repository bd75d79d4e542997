// Compares an engine of @facepipe/core with native OpenCV, case by case, or writes native OpenCV's answers down.
// Needs python3-opencv and a build (`npm run build`).
//
//   node packages/core/golden/sweep.mjs [--cases 20000] [--seed 7] [--engine simd]  compares; exit 1 if they differ
//   node packages/core/golden/sweep.mjs --number 4711 [--seed 1] [--engine simd]    that case alone, with both answers
//   node packages/core/golden/sweep.mjs --write [--cases 20000] [--seed 1]          writes sweep.json and sweep.bin
import { parseArgs } from 'node:util';

const dist = new URL('../dist-test/', import.meta.url);
const load = (name) => import(new URL(`${name}.js`, dist));
const [{ Detectors, digestOf }, { sweepGroups }, { writeSweepGolden }, { NativeOpenCv }, live] =
  await Promise.all(['sweep-answer', 'sweep-case', 'sweep-golden', 'sweep-native', 'sweep-live'].map(load));

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '20000' },
    seed: { type: 'string' },
    engine: { type: 'string', default: 'simd' },
    number: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const cases = Number(values.cases);
const { engine } = values;

async function write() {
  const seed = Number(values.seed ?? 1);
  const processes = [new NativeOpenCv(), new NativeOpenCv()];
  const opencv = await processes[0].version;
  const groups = [];
  let made = 0;
  for await (const { group, answer } of live.nativeAnswers(sweepGroups(seed, cases), {
    processes,
    scores: true,
  })) {
    made += group.cases.length;
    const digests = answer.answers.map(digestOf);
    groups.push({ pixels: Buffer.from(answer.pixels, 'hex').readUInt32LE(), digests });
  }
  for (const process of processes) await process.close();
  await writeSweepGolden({ opencv, seed, cases: made, groups });
  const digests = groups.flatMap((group) => group.digests);
  const found = digests.filter(({ count }) => count > 0).length;
  const boxes = digests.reduce((sum, { count }) => sum + count, 0);
  console.log(
    `${made} cases on ${groups.length} images, ${found} with boxes, ${boxes} boxes in all: OpenCV ${opencv}`,
  );
}

async function again(number) {
  const seed = Number(values.seed ?? 1);
  let first = 0;
  for await (const { image, cases } of sweepGroups(seed, number + 1)) {
    const one = cases[number - first];
    first += cases.length;
    if (!one) continue;
    const native = new NativeOpenCv();
    const detectors = new Detectors(engine);
    const group = { image, cases: [one] };
    const [answer, ours] = [await native.ask(group, true), await detectors.group(group)];
    await detectors.close();
    await native.close();
    console.log(
      JSON.stringify({ image, case: one, native: answer.answers[0], got: ours.answers[0] }, null, 1),
    );
    return;
  }
}

async function compare() {
  const seed = Number(values.seed ?? 7);
  const start = performance.now();
  const onMismatch = (mismatch) => console.log(JSON.stringify(mismatch));
  const { mismatches, ...result } = await live.sweepLive({ engine, seed, cases, onMismatch });
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${engine}, seed ${seed}: ${JSON.stringify(result)}, ${mismatches.length} differences in ${seconds} s`,
  );
  if (mismatches.length > 0) process.exitCode = 1;
}

if (values.write) await write();
else if (values.number !== undefined) await again(Number(values.number));
else await compare();
