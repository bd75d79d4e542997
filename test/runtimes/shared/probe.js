// What every runtime is asked: the faces of one photograph, in each of the ways that a detector has.

const search = { minSize: 30 };

async function look({ createDetector }, image, options) {
  const detector = await createDetector(options);
  try {
    return { faces: await detector.detect(image, search), threads: detector.threads };
  } finally {
    await detector.close();
  }
}

async function verify({ createVerifier }, image) {
  const verifier = await createVerifier({ model: 'short' });
  try {
    return { verdicts: await verifier.verify(image, [{ x: 170, y: 70, width: 110, height: 110 }]) };
  } finally {
    await verifier.close();
  }
}

const checks = {
  detect: (core, { image }) => look(core, image, {}),
  cascade: (core, { image }) => look(core, image, { cascade: 'frontalface_alt2' }),
  xml: (core, { image, xml }) => look(core, image, { cascade: xml }),
  threads: (core, { image }) => look(core, image, { threads: 2 }),
  worker: (core, { image }) => look(core, image, { worker: true, threads: 2 }),
  network: (core, { image }) => look(core, image, { engine: 'blaze', model: 'short' }),
  verify: (core, { image }) => verify(core, image),
};

/** The answer to each of these checks, by its name; where it fails, its error. */
export async function probe(core, inputs, names) {
  const answers = {};
  for (const name of names) {
    try {
      answers[name] = await checks[name](core, inputs);
    } catch ({ code, message }) {
      answers[name] = { code, message };
    }
  }
  return answers;
}
