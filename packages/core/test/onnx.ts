import type { TfGraph, TfOperator, TfTensor } from '../dist/tflite.js';

// A graph of TensorFlow Lite as a file of ONNX, for a runtime that knows nothing of this package: each operator by
// itself, NHWC turned to NCHW. Numbers of fields and types: onnx/onnx.proto3.

/** The number as protobuf writes it, seven bits a byte. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const integer = (field: number, value: number): Uint8Array => join(varint(field << 3), varint(value));
const block = (field: number, bytes: Uint8Array): Uint8Array =>
  join(varint((field << 3) | 2), varint(bytes.length), bytes);
const text = (field: number, value: string): Uint8Array => block(field, new TextEncoder().encode(value));

const integers = (name: string, values: readonly number[]): Uint8Array =>
  block(5, join(text(1, name), ...values.map((value) => integer(8, value)), integer(20, 7)));
const one = (name: string, value: number): Uint8Array =>
  block(5, join(text(1, name), integer(3, value), integer(20, 2)));
const word = (name: string, value: string): Uint8Array =>
  block(5, join(text(1, name), text(4, value), integer(20, 3)));

const node = (
  kind: string,
  inputs: readonly string[],
  output: string,
  ...attributes: Uint8Array[]
): Uint8Array =>
  block(1, join(...inputs.map((input) => text(1, input)), text(2, output), text(4, kind), ...attributes));

function constant(name: string, shape: readonly number[], data: Float32Array | BigInt64Array): Uint8Array {
  const type = data instanceof Float32Array ? 1 : 7;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return block(
    5,
    join(...shape.map((size) => integer(1, size)), integer(2, type), text(8, name), block(9, bytes)),
  );
}

const described = (field: number, name: string, shape: readonly number[]): Uint8Array => {
  const sizes = shape.map((size) => block(1, integer(1, size)));
  return block(field, join(text(1, name), block(2, block(1, join(integer(1, 1), block(2, join(...sizes)))))));
};

function widened(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  const size = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

/** [out][height][width][in] to [out][in][height][width]. */
function turned({ shape, data = [] }: { shape: readonly number[]; data?: Iterable<number> }): Float32Array {
  const values = [...data];
  const [outs = 1, height = 1, width = 1, ins = 1] = shape;
  return Float32Array.from({ length: values.length }, (_, index) => {
    const x = index % width;
    const y = Math.floor(index / width) % height;
    const from = Math.floor(index / width / height) % ins;
    const to = Math.floor(index / width / height / ins);
    return widened(values[((to * height + y) * width + x) * ins + from] ?? 0);
  }).slice(0, outs * height * width * ins);
}

interface Writer {
  nodes: Uint8Array[];
  constants: Uint8Array[];
  shapes: Map<number, readonly number[]>;
}

const name = (tensor: number): string => `t${tensor}`;

/** TensorFlow's padding SAME: of an odd number the smaller half comes before. */
function padding(size: number, kernel: number, stride: number): [before: number, after: number] {
  const all = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  return [all >> 1, all - (all >> 1)];
}

function convolution(operator: TfOperator, weights: TfTensor, bias: TfTensor, to: Writer): void {
  const { kind, inputs, output, stride } = operator;
  const [, height = 0, width = 0, ins = 0] = to.shapes.get(inputs[0] ?? -1) ?? [];
  const isDepthwise = kind === 'DEPTHWISE_CONV_2D';
  const [outs = 0, side = 0, , from = 0] = weights.shape;
  const channels = isDepthwise ? from : outs;
  const dense = isDepthwise
    ? Float32Array.from({ length: 9 * channels }, (_, index) =>
        widened(Number(weights.data?.[(index % 9) * channels + Math.floor(index / 9)])),
      )
    : turned({ shape: weights.shape, ...(weights.data && { data: weights.data }) });
  const shape = isDepthwise ? [channels, 1, 3, 3] : [channels, ins, side, side];
  to.constants.push(constant(`w${output}`, shape, dense));
  to.constants.push(constant(`b${output}`, [channels], Float32Array.from(bias.data ?? [], widened)));
  const [top, bottom] = padding(height, side, stride);
  const [left, right] = padding(width, side, stride);
  const names = [name(inputs[0] ?? -1), `w${output}`, `b${output}`];
  const attributes = [
    integers('kernel_shape', [side, side]),
    integers('strides', [stride, stride]),
    integers('pads', [top, left, bottom, right]),
    one('group', isDepthwise ? channels : 1),
  ];
  to.nodes.push(node('Conv', names, name(output), ...attributes));
  to.shapes.set(output, [1, Math.ceil(height / stride), Math.ceil(width / stride), channels]);
}

function write(operator: TfOperator, graph: TfGraph, made: Map<number, TfTensor>, to: Writer): void {
  const { kind, inputs, output } = operator;
  const [first = -1, second = -1, third = -1] = inputs;
  const shape = to.shapes.get(first) ?? [];
  const [, height = 0, width = 0, channels = 0] = shape;
  const integersOf = (tensor: number) => [...(graph.tensors[tensor]?.data ?? [])];
  const added = (suffix: string, values: readonly number[]): string => {
    to.constants.push(constant(suffix + output, [values.length], BigInt64Array.from(values, BigInt)));
    return suffix + output;
  };
  switch (kind) {
    case 'DEQUANTIZE':
      made.set(output, graph.tensors[first] ?? { shape: [] });
      return;
    case 'CONV_2D':
    case 'DEPTHWISE_CONV_2D':
      convolution(operator, made.get(second) ?? { shape: [] }, made.get(third) ?? { shape: [] }, to);
      return;
    case 'MAX_POOL_2D':
      to.nodes.push(
        node(
          'MaxPool',
          [name(first)],
          name(output),
          integers('kernel_shape', [2, 2]),
          integers('strides', [2, 2]),
        ),
      );
      to.shapes.set(output, [1, height / 2, width / 2, channels]);
      return;
    case 'PAD': {
      const more = integersOf(second)[7] ?? 0;
      to.nodes.push(node('Pad', [name(first), added('p', [0, 0, 0, 0, 0, more, 0, 0])], name(output)));
      to.shapes.set(output, [1, height, width, channels + more]);
      return;
    }
    case 'RESIZE_BILINEAR': {
      const size = added('s', [1, channels, 2 * height, 2 * width]);
      const mode = [word('mode', 'linear'), word('coordinate_transformation_mode', 'half_pixel')];
      to.nodes.push(node('Resize', [name(first), '', '', size], name(output), ...mode));
      to.shapes.set(output, [1, 2 * height, 2 * width, channels]);
      return;
    }
    case 'RESHAPE': {
      const numbers = graph.tensors[output]?.shape.at(-1) ?? 1;
      const boxes = (height * width * channels) / numbers;
      to.nodes.push(node('Transpose', [name(first)], `n${output}`, integers('perm', [0, 2, 3, 1])));
      to.nodes.push(node('Reshape', [`n${output}`, added('r', [1, boxes, numbers])], name(output)));
      to.shapes.set(output, [1, boxes, numbers]);
      return;
    }
    case 'CONCATENATION': {
      const parts = inputs.map((input) => to.shapes.get(input) ?? []);
      to.nodes.push(node('Concat', inputs.map(name), name(output), one('axis', 1)));
      to.shapes.set(output, [1, parts.reduce((sum, [, boxes = 0]) => sum + boxes, 0), shape[2] ?? 0]);
      return;
    }
    case 'ADD':
    case 'RELU':
      to.nodes.push(node(kind === 'ADD' ? 'Add' : 'Relu', inputs.map(name), name(output)));
      to.shapes.set(output, shape);
  }
}

/** The bytes of an ONNX model for images of `width`×`height`, and what its input and its outputs are called. */
export function onnxOf(
  graph: TfGraph,
  width: number,
  height: number,
): { bytes: Uint8Array; input: string; outputs: string[] } {
  const to: Writer = { nodes: [], constants: [], shapes: new Map([[graph.input, [1, height, width, 3]]]) };
  const made = new Map<number, TfTensor>();
  for (const operator of graph.operators) write(operator, graph, made, to);
  const whole = join(
    ...to.nodes,
    text(2, 'blaze'),
    ...to.constants,
    described(11, name(graph.input), [1, 3, height, width]),
    ...graph.outputs.map((output) => described(12, name(output), to.shapes.get(output) ?? [])),
  );
  const bytes = join(integer(1, 8), block(7, whole), block(8, join(text(1, ''), integer(2, 13))));
  return { bytes, input: name(graph.input), outputs: graph.outputs.map(name) };
}
