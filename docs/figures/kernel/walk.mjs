// A cascade over an image in plain JavaScript, window by window and number by number as OpenCV does it, counting on the
// way. Its hits are compared with the kernel's, so that the counts are those of the real thing.

const { fround } = Math;

/** Neighbour and weight (of 256) of one axis: OpenCV's INTER_LINEAR_EXACT, as in assembly/resize.ts. */
function places(to, from) {
  const scale = 1 / (to / from);
  return Array.from({ length: to }, (_, at) => {
    const position = scale * (at + 0.5) - 0.5;
    const first = Math.floor(position);
    if (from < 2 || first < 0) return [0, 0];
    if (first >= from - 1) return [from - 2, 256];
    return [first, nearest((position - first) * 256)];
  });
}

function nearest(value) {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

function resized({ data, width, height }, layer) {
  const pixels = new Uint8Array(layer.width * layer.height);
  const columns = places(layer.width, width);
  for (const [y, [top, below]] of places(layer.height, height).entries()) {
    const row = (x) => data[top * width + x] * (256 - below) + (data[(top + 1) * width + x] ?? 0) * below;
    for (const [x, [left, weight]] of columns.entries()) {
      const sum = row(left) * (256 - weight) + (weight && row(left + 1) * weight);
      pixels[y * layer.width + x] = (sum + 0x8000) >>> 16;
    }
  }
  return pixels;
}

/** Sums of all pixels above and to the left, and of their squares modulo 2³². */
function integrals(pixels, { width, height }) {
  const stride = width + 1;
  const sums = new Int32Array(stride * (height + 1));
  const squares = new Uint32Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    let sum = 0;
    let square = 0;
    for (let x = 0; x < width; x++) {
      const value = pixels[y * width + x];
      sum += value;
      square += value * value;
      const at = (y + 1) * stride + x + 1;
      sums[at] = sums[at - stride] + sum;
      squares[at] = squares[at - stride] + square;
    }
  }
  return { sums, squares, stride };
}

const inside = (table, at, stride, { x, y, width, height }) => {
  const [top, bottom] = [at + y * stride + x, at + (y + height) * stride + x];
  return table[top] - table[top + width] - table[bottom] + table[bottom + width];
};

/** float32(1 / √(area · Σ² − (Σ)²)), or undefined for a window that is too flat. */
function factorOf({ sums, squares, stride }, at, model) {
  const rect = { x: 1, y: 1, width: model.width - 2, height: model.height - 2 };
  const area = rect.width * rect.height;
  const sum = inside(sums, at, stride, rect);
  const contrast = area * (inside(squares, at, stride, rect) >>> 0) - sum * sum;
  const factor = fround(1 / Math.sqrt(contrast));
  return contrast > 0 && area * factor < 0.1 ? factor : undefined;
}

function featureOf({ rects }, { sums, stride }, at) {
  let value = 0;
  for (const rect of rects) {
    const part = fround(fround(rect.weight) * fround(inside(sums, at, stride, rect)));
    value = fround(value + part);
  }
  return value;
}

/** How many questions were asked is added to `asked`. */
function passes(stage, model, tables, at, factor, asked) {
  let sum = 0;
  for (const { nodes, leaves } of stage.trees) {
    let index = 0;
    do {
      const node = nodes[index];
      const value = fround(featureOf(model.features[node.feature], tables, at) * factor);
      index = value < fround(node.split[0]) ? node.left : node.right;
      asked.questions++;
    } while (index > 0);
    sum += fround(leaves[-index]);
  }
  return sum >= fround(fround(stage.threshold) - fround(1e-5));
}

/** The kernel's groups: four columns of two rows from the first window that is still in. */
function groupsOf(windows, step) {
  let groups = 0;
  for (let from = 0; from < windows.length; groups++) {
    const end = windows[from].x + 4 * step;
    while (from < windows.length && windows[from].x < end) from++;
  }
  return groups;
}

/** Which windows of a row enter the second stage: the one after one that the first stage rejects is passed over. */
function firstStage(model, tables, layer, y, count) {
  const passed = [];
  let skip = false;
  for (let x = 0; x < layer.columns; x += layer.step) {
    count.grid++;
    const at = y * tables.stride + x;
    const factor = factorOf(tables, at, model);
    if (skip) {
      count.passedOver++;
      skip = false;
    } else if (factor === undefined) count.flat++;
    else if (passes(model.stages[0], model, tables, at, factor, count)) passed.push({ x, y, at, factor });
    else skip = true;
  }
  return passed;
}

/**
 * Walks a HAAR cascade without tilted features over an image. `stages[k]`: windows that passed stage k, and what the
 * kernel makes of them before the next one; `seen(k, window, layer)` is told of each.
 */
export function walk(model, image, layers, seen) {
  const stages = model.stages.map(() => ({ windows: 0, groups: 0 }));
  const count = { grid: 0, flat: 0, passedOver: 0, questions: 0, stages };
  const hits = [];
  for (const layer of layers) {
    const tables = integrals(resized(image, layer), layer);
    for (let y = 0; y < layer.rows; y += 2 * layer.step) {
      const rows = [y, y + layer.step].filter((row) => row < layer.rows);
      let windows = rows.flatMap((row) => firstStage(model, tables, layer, row, count));
      windows.sort((a, b) => a.x - b.x || a.y - b.y);
      for (const [index, stage] of model.stages.entries()) {
        if (index > 0) {
          windows = windows.filter(({ at, factor }) => passes(stage, model, tables, at, factor, count));
        }
        stages[index].windows += windows.length;
        stages[index].groups += groupsOf(windows, layer.step);
        for (const window of windows) seen(index, window, layer);
      }
      hits.push(...windows.map(({ x, y }) => ({ x, y, layer })));
    }
  }
  return { ...count, hits };
}
