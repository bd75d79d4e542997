// node examples/node/detect.mjs picture.jpg …
import { createDetector } from '@facepipe/core';
import sharp from 'sharp';

const detector = await createDetector({ cascade: 'frontalface_alt2' });
for (const file of process.argv.slice(2)) {
  // upright as its camera meant it, three bytes a pixel
  const picture = sharp(file).rotate().toColourspace('srgb').removeAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const faces = await detector.detect(
    { data, width: info.width, height: info.height, format: 'rgb' },
    { minSize: 30, minNeighbors: 4 },
  );
  console.log(file, faces);
}
await detector.close();
