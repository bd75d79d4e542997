import { crc32, headBytes, headerBytes, layerBytes, mark } from './blaze-compact.js';
import { type Fused, padded } from './blaze-fuse.js';
import { type Layer, layerKinds } from './blaze-model.js';
import type { TfTensor } from './tflite.js';

const halvesOf = ({ data }: TfTensor): Uint16Array => {
  if (data instanceof Uint16Array) return data;
  throw new Error('weights that are no half floats');
};

/**
 * [channels][kernel][kernel][from] as blocks of eight channels: [kernel · kernel · from][8], `from` padded to
 * `sources`.
 */
function packDense({ shape, ...tensor }: TfTensor, sources: number): Uint16Array {
  const [channels = 0, height = 0, width = 0, from = 0] = shape;
  const data = halvesOf({ shape, ...tensor });
  const places = height * width;
  const packed = new Uint16Array(padded(channels) * places * sources);
  for (let channel = 0; channel < channels; channel++) {
    const block = (channel >> 3) * 8 * places * sources + (channel & 7);
    for (let place = 0; place < places; place++) {
      for (let source = 0; source < from; source++) {
        const value = data[(channel * places + place) * from + source] ?? 0;
        packed[block + 8 * (place * sources + source)] = value;
      }
    }
  }
  return packed;
}

/** Rows of numbers, each padded to `length`. */
function packRows(data: Uint16Array, rows: number, length: number): Uint16Array {
  const row = data.length / rows;
  const packed = new Uint16Array(rows * length);
  for (let index = 0; index < rows; index++)
    packed.set(data.subarray(index * row, (index + 1) * row), index * length);
  return packed;
}

function packLayer(
  { kind, channels }: Layer,
  sources: number,
  weights: TfTensor,
  bias: TfTensor,
): Uint16Array[] {
  const packed =
    kind === 'depth'
      ? packRows(halvesOf(weights), 9, channels)
      : packDense(weights, kind === 'image' ? 3 : sources);
  return [packed, packRows(halvesOf(bias), 1, channels)];
}

/** The bytes of a file that `readWeights` reads; blaze-compact.ts says what is in it. */
export function packWeights({ network: { layers, heads, shapes }, constants }: Fused): Uint8Array {
  const halves = layers.flatMap((layer, number) => {
    const own = constants[number];
    return own ? packLayer(layer, shapes[layer.source]?.channels ?? 0, own.weights, own.bias) : [];
  });
  const start = headerBytes + layers.length * layerBytes + heads.length * headBytes;
  const bytes = new Uint8Array(start + halves.reduce((sum, part) => sum + part.byteLength, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, mark, true);
  view.setUint32(8, layers.length, true);
  view.setUint32(12, heads.length, true);
  let at = headerBytes;
  for (const { kind, kernel, stride, relu, source, other, channels } of layers) {
    bytes.set([layerKinds.indexOf(kind), kernel, stride, relu ? 1 : 0], at);
    for (const [index, value] of [source, other, channels].entries())
      view.setUint16(at + 4 + 2 * index, value, true);
    at += layerBytes;
  }
  for (const { scores, boxes, anchors } of heads) {
    for (const [index, value] of [scores, boxes, anchors].entries())
      view.setUint16(at + 2 * index, value, true);
    at += headBytes;
  }
  for (const part of halves)
    for (const half of part) {
      view.setUint16(at, half, true);
      at += 2;
    }
  view.setUint32(4, crc32(bytes.subarray(8)), true);
  return bytes;
}
