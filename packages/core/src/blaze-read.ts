import { crc32, headBytes, headerBytes, layerBytes, mark } from './blaze-compact.js';
import {
  boxNumbers,
  deepest,
  type Head,
  type Layer,
  layerKinds,
  type Network,
  type Shape,
  weightsOf,
} from './blaze-model.js';

/** A network, and its weights as half floats. */
export interface Weights {
  network: Network;
  /** the bytes of the half floats */
  halves: Uint8Array;
}

/** Twice what a published one has, and more. */
const most = { layers: 256, heads: 8, channels: 1024, anchors: 16, bytes: 2 ** 23 } as const;

/** What makes bytes no weights. */
export class WeightsError extends Error {}

function expect(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new WeightsError(problem);
}

/** What the layer's tensor is like, if its sources are such as it can have. */
function shapeAfter(layer: Layer, shapes: readonly Shape[], number: number): Shape {
  const { kind, kernel, stride, channels } = layer;
  const source = shapes[layer.source];
  const other = shapes[layer.other];
  const wrong = (what: string) => `${what} of its layer ${number} is wrong`;
  expect(source !== undefined && other !== undefined, wrong('the source'));
  expect(channels % 8 === 0 && channels >= 8 && channels <= most.channels, wrong('the number of channels'));
  expect((number === 0) === (kind === 'image') && (number === 0 || layer.source > 0), wrong('the source'));
  const level = source.level + (kind === 'enlarge' ? -1 : stride - 1);
  expect(level >= 1 && level <= deepest, wrong('the size'));
  switch (kind) {
    case 'image':
      expect((kernel === 3 || kernel === 5) && stride === 2, wrong('the kernel'));
      break;
    case 'point':
      expect(kernel === 1 && stride === 1, wrong('the kernel'));
      break;
    case 'depth':
      expect(kernel === 3 && (stride === 1 || stride === 2), wrong('the kernel'));
      break;
    case 'pool':
      expect(kernel === 2 && stride === 2, wrong('the kernel'));
      break;
    case 'enlarge':
      expect(kernel === 2 && stride === 1, wrong('the kernel'));
  }
  if (kind === 'depth' || kind === 'pool' || kind === 'enlarge') {
    expect(source.channels === channels, wrong('the number of channels'));
  }
  if (kind === 'enlarge') expect(layer.other > 0 && other.channels === channels, wrong('what is added'));
  if (kind === 'image' || kind === 'depth' || kind === 'pool')
    expect(layer.other === 0, wrong('what is added'));
  if (layer.other > 0) expect(other.level === level && other.channels <= channels, wrong('what is added'));
  return { channels, level };
}

function readLayer(view: DataView, at: number, number: number): Layer {
  const kind = layerKinds[view.getUint8(at)];
  expect(kind !== undefined, `there is no such kind as that of its layer ${number}`);
  return {
    kind,
    kernel: view.getUint8(at + 1),
    stride: view.getUint8(at + 2),
    relu: view.getUint8(at + 3) !== 0,
    source: view.getUint16(at + 4, true),
    other: view.getUint16(at + 6, true),
    channels: view.getUint16(at + 8, true),
  };
}

function expectHead({ scores, boxes, anchors }: Head, shapes: readonly Shape[]): void {
  const score = shapes[scores];
  const box = shapes[boxes];
  const isWhole =
    scores > 0 &&
    boxes > 0 &&
    score !== undefined &&
    box !== undefined &&
    score.level === box.level &&
    anchors >= 1 &&
    anchors <= most.anchors &&
    score.channels >= anchors &&
    box.channels >= anchors * boxNumbers;
  expect(isWhole, 'what it answers with is wrong');
}

/**
 * Reads what `packWeights` made, and trusts no number in it: of another length, with another checksum, or with a layer
 * that does not fit those before, it is refused.
 * @throws WeightsError
 */
export function readWeights(bytes: Uint8Array): Weights {
  const { length } = bytes;
  expect(length <= most.bytes, `there are more than ${most.bytes} bytes`);
  expect(length >= headerBytes, 'there are too few bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  expect(view.getUint32(0, true) === mark, 'they do not begin as weights of this package do');
  expect(view.getUint32(4, true) === crc32(bytes.subarray(8)), 'their checksum is another');
  const layerCount = view.getUint32(8, true);
  const headCount = view.getUint32(12, true);
  expect(layerCount >= 1 && layerCount <= most.layers, 'the number of layers is wrong');
  expect(headCount >= 1 && headCount <= most.heads, 'the number of answers is wrong');
  const heads = headerBytes + layerCount * layerBytes;
  const start = heads + headCount * headBytes;
  expect(length >= start, 'there are too few bytes');
  const network: Network = { layers: [], heads: [], shapes: [{ channels: 3, level: 0 }] };
  let halves = 0;
  for (let number = 0; number < layerCount; number++) {
    const layer = readLayer(view, headerBytes + number * layerBytes, number);
    const shape = shapeAfter(layer, network.shapes, number);
    const { weights, bias } = weightsOf(layer, network.shapes[layer.source] ?? shape);
    halves += weights + bias;
    network.layers.push(layer);
    network.shapes.push(shape);
  }
  for (let at = heads; at < start; at += headBytes) {
    const [scores, boxes, anchors] = [0, 2, 4].map((offset) => view.getUint16(at + offset, true));
    const head = { scores: scores ?? 0, boxes: boxes ?? 0, anchors: anchors ?? 0 };
    expectHead(head, network.shapes);
    network.heads.push(head);
  }
  expect(length === start + 2 * halves, `there are ${length} bytes and not ${start + 2 * halves}`);
  return { network, halves: bytes.subarray(start) };
}
