import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDetector, type Face } from '@facepipe/core';
import { decodeImage } from 'facepipe';

// node dist/quality.js FOLDER…: precision and recall on labelled pictures, false alarms on folders without truth.json.
// truth.json: [{ file, width, height, faces: [{ x, y, w, h, invalid? }] }]

interface Truth {
  file: string;
  faces: { x: number; y: number; w: number; h: number; invalid?: number }[];
}

/** Two boxes are the same face from this intersection over union on. */
const sameFace = 0.4;
const cascades = ['frontalface_default', 'frontalface_alt', 'frontalface_alt2', 'frontalface_alt_tree'];
const neighbours = [3, 4, 5];
const options = { scaleFactor: 1.1, minSize: 30 };

function overlap(face: Face, { x, y, w, h }: Truth['faces'][number]): number {
  const width = Math.min(face.x + face.width, x + w) - Math.max(face.x, x);
  const height = Math.min(face.y + face.height, y + h) - Math.max(face.y, y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (face.width * face.height + w * h - width * height);
}

/** Small, slim and invalid faces neither count when found nor when missed. */
const usable = ({ w, h, invalid }: Truth['faces'][number]): boolean =>
  !invalid && Math.max(w, h) >= 30 && Math.min(w, h) >= 24;

function count(faces: readonly Face[], truth: Truth['faces']) {
  const left = new Set(truth);
  let hits = 0;
  let falseAlarms = 0;
  for (const face of faces) {
    const [best] = [...left].sort((a, b) => overlap(face, b) - overlap(face, a));
    if (best && overlap(face, best) >= sameFace) {
      left.delete(best);
      if (usable(best)) hits++;
    } else falseAlarms++;
  }
  return { hits, falseAlarms, wanted: truth.filter(usable).length };
}

for (const folder of process.argv.slice(2)) {
  const file = join(folder, 'truth.json');
  const truths: Truth[] = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : readdirSync(folder).map((name) => ({ file: name, faces: [] }));
  console.log(`\n${folder}: ${truths.length} pictures, scaleFactor 1.1, minSize 30, IoU ≥ ${sameFace}`);
  console.log('| cascade | minNeighbors | precision | recall | false alarms |\n|---|---|---|---|---|');
  for (const cascade of cascades) {
    const detector = await createDetector({ cascade });
    for (const minNeighbors of neighbours) {
      const sum = { hits: 0, falseAlarms: 0, wanted: 0 };
      for (const truth of truths) {
        const faces = await detector.detect(await decodeImage(join(folder, truth.file)), {
          ...options,
          minNeighbors,
        });
        const { hits, falseAlarms, wanted } = count(faces, truth.faces);
        sum.hits += hits;
        sum.falseAlarms += falseAlarms;
        sum.wanted += wanted;
      }
      const precision = sum.hits / (sum.hits + sum.falseAlarms);
      const recall = sum.hits / sum.wanted;
      const shown = sum.wanted > 0 ? `${precision.toFixed(2)} | ${recall.toFixed(2)}` : '- | -';
      console.log(`| ${cascade} | ${minNeighbors} | ${shown} | ${sum.falseAlarms} |`);
    }
    await detector.close();
  }
}
