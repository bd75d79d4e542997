// Where the time goes, without a clock inside the kernel: the same search with less and less to do.

// no larger: beyond 2⁶⁰ the rounding of thresholds would leave a cascade to the exact code
const never = 2 ** 20;

/** The first stages, of which the last lets nothing through, so that nothing is gathered and grouped. */
function upTo(model, count) {
  const stages = model.stages.slice(0, count);
  const last = { ...stages[count - 1], threshold: never };
  return { ...model, stages: [...stages.slice(0, -1), last] };
}

/**
 * Milliseconds of each part. Each layer is searched `repeats` times, in turns, and the least of its times counts, for
 * whatever else the machine does only adds; a search is the sum of its layers. Only the first column of windows is
 * looked at: resize and integral images. A constant image, whose windows are too flat to be looked at: normalisation in
 * addition. One stage that rejects all: the first stage in addition; and so on. `open` makes a search of a model and a
 * picture, layer by layer.
 */
export async function timeParts({ open, model, image, layers, repeats }) {
  const flat = { ...image, data: new Uint8Array(image.data.length).fill(128) };
  const narrow = layers.map((layer) => ({ ...layer, columns: 1 }));
  const first = upTo(model, 1);
  const runs = [
    { search: await open(first, flat), layers: narrow },
    { search: await open(first, flat), layers },
    ...(await Promise.all(
      [1, 2, 4, 7, model.stages.length].map(async (count) => ({
        search: await open(upTo(model, count), image),
        layers,
      })),
    )),
  ];
  const least = runs.map(() => layers.map(() => Number.POSITIVE_INFINITY));
  for (let turn = 0; turn < repeats; turn++) {
    for (const [index, run] of runs.entries()) {
      for (const [number, layer] of run.layers.entries()) {
        const start = performance.now();
        run.search(layer);
        least[index][number] = Math.min(least[index][number], performance.now() - start);
      }
    }
  }
  const totals = least.map((times) => times.reduce((sum, time) => sum + time));
  const names = [
    ...[
      'resize, integrals',
      'normalisation',
      'stage 0',
      'stage 1',
      'stages 2–3',
      'stages 4–6',
      'later stages',
    ],
  ];
  return Object.fromEntries(names.map((name, index) => [name, totals[index] - (totals[index - 1] ?? 0)]));
}
