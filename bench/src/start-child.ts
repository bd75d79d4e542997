import { readFileSync } from 'node:fs';
import type { Answer } from './peer.js';

// node dist/start-child.js ENGINE RAW_FILE WIDTH HEIGHT CASCADE RUNS SECONDS: what one engine takes in a process of
// its own, as JSON.

const [engine = '', file = '', wide = '0', high = '0', cascade = '', ...ends] = process.argv.slice(2);
const [runs = 0, seconds = 0] = ends.map(Number);
const picture = { data: new Uint8Array(readFileSync(file)), width: Number(wide), height: Number(high) };

/** One detection a call. */
type Detect = () => Promise<Answer['faces']>;

async function facepipe(): Promise<{ imported: number; detect: Detect }> {
  const { createDetector } = await import('@facepipe/core');
  const imported = performance.now();
  const detector = await createDetector({ cascade, engine: 'simd' });
  const detect = async () => {
    const faces = await detector.detect({ ...picture, format: 'gray' }, search);
    return faces.map((face) => [face.x, face.y, face.width, face.height, face.neighbors]);
  };
  return { imported, detect };
}

async function openCv(): Promise<{ imported: number; detect: Detect }> {
  const { loadOpenCvJs, loadOpenCvWasm, openClassifier, detectWith } = await import('./opencv-js.js');
  const library = engine === 'opencv-wasm' ? loadOpenCvWasm() : await loadOpenCvJs();
  const imported = performance.now();
  const classifier = openClassifier(library, cascade);
  return { imported, detect: async () => detectWith(library, classifier, picture) };
}

// a small module of our own, loaded before the clock starts, for all of them
const { search } = await import('./peer.js');
const rss = process.memoryUsage.rss();
const start = performance.now();
const { imported, detect } = engine === 'facepipe' ? await facepipe() : await openCv();
const created = performance.now();
const faces = await detect();
const first = performance.now();
const all: number[] = [];
while (all.length < runs || performance.now() - first < seconds * 1000) {
  const from = performance.now();
  await detect();
  all.push(performance.now() - from);
}
const { rss: resident } = process.memoryUsage();
const times = {
  imported: imported - start,
  created: created - imported,
  first: first - created,
  total: first - start,
};
process.stdout.write(JSON.stringify({ ...times, times: all, faces, grown: resident - rss }), () =>
  process.exit(),
);
