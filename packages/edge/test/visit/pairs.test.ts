import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { type FaceContext, measureQuality } from '../../dist/visit/quality.js';

interface Pair {
  better: string;
  worse: string;
  why: string;
}

const folder = new URL('../../test/visit/pairs/', import.meta.url);
const { pairs, faces }: { pairs: Pair[]; faces: Record<string, FaceContext> } = JSON.parse(
  readFileSync(new URL('pairs.json', folder), 'utf8'),
);

async function qualityOf(name: string): Promise<number> {
  const { data, info } = await sharp(fileURLToPath(new URL(`${name}.jpg`, folder)))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const context = faces[name];
  assert.ok(context, `${name} is in pairs.json`);
  return measureQuality({ data, width: info.width, height: info.height, channels: 3 }, context).score;
}

const areaOf = (name: string): number => {
  const { box } = faces[name] ?? assert.fail(`${name} is in pairs.json`);
  return box.width * box.height;
};
const share = (agreed: readonly boolean[]): number => agreed.filter(Boolean).length / agreed.length;

test('of two pictures the one that people prefer has the higher quality, 19 times in 20', async () => {
  assert.ok(pairs.length >= 80, `${pairs.length} pairs`);
  const wrong: string[] = [];
  for (const { better, worse, why } of pairs) {
    const [high, low] = [await qualityOf(better), await qualityOf(worse)];
    if (high <= low) wrong.push(`${better} ${high}, ${worse} ${low} (${why})`);
  }
  assert.ok(wrong.length <= pairs.length / 20, wrong.join('\n'));
});

test('the larger of two faces is no such guide', () => {
  const larger = pairs.map(({ better, worse }) => areaOf(better) > areaOf(worse));
  assert.ok(share(larger) < 0.8, `${share(larger)}`);
});
