import { readFileSync } from 'node:fs';
import type { ModelName } from '@facepipe/core';

// node dist/blaze-child.js MODEL RAW_FILE WIDTH HEIGHT BOX: from the import to the first verdict in a process of its
// own, as JSON.

const [model = 'full', file = '', wide = '0', high = '0', box = ''] = process.argv.slice(2);
const data = new Uint8Array(readFileSync(file));
const image = { data, width: Number(wide), height: Number(high), format: 'rgb' } as const;
const [x = 0, y = 0, width = 0, height = 0] = box.split(',').map(Number);
const rss = process.memoryUsage.rss();

const start = performance.now();
const { createVerifier } = await import('@facepipe/core');
const imported = performance.now();
const verifier = await createVerifier({ model: model as ModelName });
const created = performance.now();
const [verdict] = await verifier.verify(image, [{ x, y, width, height }]);
const first = performance.now();

const answer = {
  imported: imported - start,
  created: created - imported,
  first: first - created,
  total: first - start,
  grown: process.memoryUsage.rss() - rss,
  score: verdict?.score ?? 0,
};
process.stdout.write(JSON.stringify(answer));
