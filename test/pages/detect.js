/** The photograph's pixels as a canvas has them. */
async function pixelsOf(photo) {
  const bitmap = await createImageBitmap(await (await fetch(photo)).blob());
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { data, width, height, format: 'rgba' };
}

async function hexOfSha256(data) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The faces each set of options finds, or its error, and which pixels they were looked for in. */
export async function detectPhoto(createDetector, { photo, detectors, search }) {
  const image = await pixelsOf(photo);
  const answers = [];
  for (const options of detectors) {
    try {
      const detector = await createDetector(options);
      const faces = await detector.detect(image, search);
      await detector.close();
      answers.push({ engine: detector.engine, threads: detector.threads, faces });
    } catch ({ code, message }) {
      answers.push({ code, message });
    }
  }
  return { pixels: await hexOfSha256(image.data), isolated: self.crossOriginIsolated, answers };
}
