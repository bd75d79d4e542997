import { ByteBuffer } from 'flatbuffers';

/** A tensor of a TensorFlow Lite model: its shape is NHWC, or OHWI for weights of convolutions. */
export interface TfTensor {
  shape: readonly number[];
  /** of a constant: the bits of half floats, or integers */
  data?: Uint16Array | Int32Array;
}

export type TfKind =
  | 'ADD'
  | 'CONCATENATION'
  | 'CONV_2D'
  | 'DEPTHWISE_CONV_2D'
  | 'DEQUANTIZE'
  | 'MAX_POOL_2D'
  | 'PAD'
  | 'RELU'
  | 'RESHAPE'
  | 'RESIZE_BILINEAR';

export interface TfOperator {
  kind: TfKind;
  /** numbers of tensors */
  inputs: readonly number[];
  output: number;
  /** of convolutions and pooling, in both directions */
  stride: number;
}

export interface TfGraph {
  tensors: readonly TfTensor[];
  operators: readonly TfOperator[];
  input: number;
  outputs: readonly number[];
}

// Numbers of fields and values: tensorflow/lite/schema/schema.fbs, version 3.
const field = {
  model: { codes: 1, graphs: 2, buffers: 4 },
  code: { deprecated: 0, builtin: 3 },
  graph: { tensors: 0, inputs: 1, outputs: 2, operators: 3 },
  tensor: { shape: 0, type: 1, buffer: 2 },
  buffer: { data: 0 },
  operator: { code: 0, inputs: 1, outputs: 2, options: 4 },
  strided: { width: 1, height: 2 },
} as const;

const kinds: Readonly<Record<number, TfKind>> = {
  0: 'ADD',
  2: 'CONCATENATION',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  17: 'MAX_POOL_2D',
  19: 'RELU',
  22: 'RESHAPE',
  23: 'RESIZE_BILINEAR',
  34: 'PAD',
};
const strided: readonly TfKind[] = ['CONV_2D', 'DEPTHWISE_CONV_2D', 'MAX_POOL_2D'];
const types = { float16: 1, int32: 2 } as const;

/** Reads tables of a flatbuffer by the numbers of their fields. */
function tables(bytes: Uint8Array) {
  const buffer = new ByteBuffer(bytes);
  /** where the field's value lies, 0 where it has its default */
  const place = (table: number, number: number): number => {
    const offset = buffer.__offset(table, 4 + 2 * number);
    return offset && table + offset;
  };
  const list = (table: number, number: number): number[] => {
    const at = place(table, number);
    if (!at) return [];
    const start = buffer.__vector(at);
    return Array.from({ length: buffer.__vector_len(at) }, (_, index) => start + 4 * index);
  };
  return {
    root: buffer.__indirect(0),
    byte: (table: number, number: number) => {
      const at = place(table, number);
      return at ? buffer.readInt8(at) : 0;
    },
    integer: (table: number, number: number) => {
      const at = place(table, number);
      return at ? buffer.readInt32(at) : 0;
    },
    table: (table: number, number: number) => buffer.__indirect(place(table, number)),
    integers: (table: number, number: number) => list(table, number).map((at) => buffer.readInt32(at)),
    tables: (table: number, number: number) => list(table, number).map((at) => buffer.__indirect(at)),
    bytes: (table: number, number: number) => {
      const at = place(table, number);
      if (!at) return new Uint8Array();
      const start = buffer.__vector(at);
      // a copy, which begins where half floats may: a Buffer gives none when sliced
      return Uint8Array.from(bytes.subarray(start, start + buffer.__vector_len(at)));
    },
  };
}

function constant(type: number, { buffer }: Uint8Array<ArrayBuffer>): Uint16Array | Int32Array {
  if (type === types.float16) return new Uint16Array(buffer);
  if (type === types.int32) return new Int32Array(buffer);
  throw new Error(`a constant of type ${type}`);
}

/**
 * Reads a model of one graph, a file that is known to be whole: it is for the build, which has compared its checksum.
 * @throws Error for an operator or a type that there is none of in BlazeFace
 */
export function readTflite(file: Uint8Array): TfGraph {
  const read = tables(file);
  const codes = read.tables(read.root, field.model.codes).map((code) => {
    // the first one is of a byte, from before there were more than 127 operators
    return Math.max(read.byte(code, field.code.deprecated), read.integer(code, field.code.builtin));
  });
  const buffers = read.tables(read.root, field.model.buffers);
  const [graph] = read.tables(read.root, field.model.graphs);
  if (graph === undefined) throw new Error('there is no graph');
  const tensors = read.tables(graph, field.graph.tensors).map((tensor): TfTensor => {
    const shape = read.integers(tensor, field.tensor.shape);
    const buffer = buffers[read.integer(tensor, field.tensor.buffer)] ?? 0;
    const data = read.bytes(buffer, field.buffer.data);
    return data.length > 0
      ? { shape, data: constant(read.byte(tensor, field.tensor.type), data) }
      : { shape };
  });
  const operators = read.tables(graph, field.graph.operators).map((operator): TfOperator => {
    const code = codes[read.integer(operator, field.operator.code)] ?? -1;
    const kind = kinds[code];
    const [output] = read.integers(operator, field.operator.outputs);
    if (kind === undefined || output === undefined) throw new Error(`operator ${code}`);
    const stride = strided.includes(kind)
      ? read.integer(read.table(operator, field.operator.options), field.strided.width)
      : 1;
    return { kind, inputs: read.integers(operator, field.operator.inputs), output, stride };
  });
  const [input = -1] = read.integers(graph, field.graph.inputs);
  return { tensors, operators, input, outputs: read.integers(graph, field.graph.outputs) };
}
