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

/** What `look` answers for each of these, or its error. */
async function answersOf(many, look) {
  const answers = [];
  for (const options of many) {
    try {
      answers.push(await look(options));
    } catch ({ code, message }) {
      answers.push({ code, message });
    }
  }
  return answers;
}

/**
 * The faces that each set of options finds, or its error, which pixels they were looked for in, and, where a question
 * has it, what each model of the verifier says of boxes.
 */
export async function detectPhoto({ createDetector, createVerifier }, { photo, detectors, search, verify }) {
  const image = await pixelsOf(photo);
  const answers = await answersOf(detectors, async (options) => {
    const detector = await createDetector(options);
    const faces = await detector.detect(image, search);
    await detector.close();
    return { engine: detector.engine, threads: detector.threads, faces };
  });
  const verdicts =
    verify &&
    (await answersOf(verify.models, async (model) => {
      const verifier = await createVerifier({ model });
      const verdicts = await verifier.verify(image, verify.boxes);
      await verifier.close();
      return verdicts;
    }));
  const pixels = await hexOfSha256(image.data);
  return { pixels, isolated: self.crossOriginIsolated, answers, ...(verdicts && { verdicts }) };
}
