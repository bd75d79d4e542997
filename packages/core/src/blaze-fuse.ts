import { boxNumbers, type Head, type Layer, type Network, type Shape } from './blaze-model.js';
import type { TfGraph, TfOperator, TfTensor } from './tflite.js';

/** A layer of the fused network, and the constants that it came with. */
export interface Fused {
  network: Network;
  /** of each layer, with the weights' shape; none for those that have none */
  constants: ({ weights: TfTensor; bias: TfTensor } | undefined)[];
}

/** Rounded up to what the kernel works in. */
export const padded = (channels: number): number => (channels + 7) & ~7;

const isNothing = ({ kind }: TfOperator): boolean => kind === 'PAD' || kind === 'RESHAPE';

/** Finds in a graph what lies around an operator. */
function neighbours({ tensors, operators, outputs }: TfGraph) {
  const made = new Map(operators.map((operator) => [operator.output, operator]));
  const readers = (tensor: number) => operators.filter(({ inputs }) => inputs.includes(tensor));
  return {
    /** the tensor whose numbers these are: channels of zeros, which padding adds, are there anyway */
    origin(tensor: number): number {
      const operator = made.get(tensor);
      return operator && isNothing(operator) ? this.origin(operator.inputs[0] ?? -1) : tensor;
    },
    /** tensors that were put one after the other */
    parts(tensor: number): number[] {
      const operator = made.get(this.origin(tensor));
      return operator?.kind === 'CONCATENATION'
        ? operator.inputs.flatMap((part) => this.parts(part))
        : [this.origin(tensor)];
    },
    /** the one operator that reads the tensor, if it is of that kind */
    next(tensor: number, kind: TfOperator['kind']): TfOperator | undefined {
      const all = readers(tensor);
      return all.length === 1 && all[0]?.kind === kind && !outputs.includes(tensor) ? all[0] : undefined;
    },
    /** what a constant is, once its half floats are read */
    constant(tensor: number | undefined): TfTensor {
      const operator = made.get(tensor ?? -1);
      const found = tensors[operator?.kind === 'DEQUANTIZE' ? (operator.inputs[0] ?? -1) : (tensor ?? -1)];
      if (!(found?.data instanceof Uint16Array)) throw new Error('weights that are no half floats');
      return found;
    },
  };
}

/**
 * The graph as layers of the kernel: sums, activations and enlargement go into the layer before, and padding of
 * channels and reshaping are nothing. Operators have to be in the order that they are run in.
 * @throws Error for a graph that is not like BlazeFace's
 */
export function fuse(graph: TfGraph): Fused {
  const near = neighbours(graph);
  const network: Network = { layers: [], heads: [], shapes: [{ channels: 3, level: 0 }] };
  const constants: Fused['constants'] = [];
  const numbers = new Map([[graph.input, 0]]);
  const done = new Set<TfOperator>();
  const numberOf = (tensor: number | undefined): number => {
    const number = numbers.get(near.origin(tensor ?? -1));
    if (number === undefined) throw new Error(`tensor ${tensor} is read before it is made`);
    return number;
  };

  /** Takes in the addition after the operator, when what it adds is there already; then the activation. */
  function follow(operator: TfOperator): { output: number; other: number; relu: boolean } {
    let { output } = operator;
    let other = 0;
    const adds = operator.kind === 'CONV_2D' || operator.kind === 'RESIZE_BILINEAR';
    const sum = adds ? near.next(output, 'ADD') : undefined;
    const added = sum?.inputs.find((tensor) => tensor !== output);
    if (sum && added !== undefined && numbers.has(near.origin(added))) {
      other = numberOf(added);
      done.add(sum);
      output = sum.output;
    }
    const activation = near.next(output, 'RELU');
    if (activation) {
      done.add(activation);
      output = activation.output;
    }
    return { output, other, relu: activation !== undefined };
  }

  function add(
    operator: TfOperator,
    kind: Layer['kind'],
    kernel: number,
    channels: number,
    level: number,
  ): void {
    const { output, other, relu } = follow(operator);
    if (kind === 'enlarge' && (other === 0 || relu)) throw new Error('enlarging that adds to nothing');
    const source = numberOf(operator.inputs[0]);
    const { stride } = operator;
    network.layers.push({ kind, kernel, stride, relu, source, other, channels: padded(channels) });
    network.shapes.push({ channels: padded(channels), level });
    constants.push(
      kind === 'image' || kind === 'point' || kind === 'depth'
        ? { weights: near.constant(operator.inputs[1]), bias: near.constant(operator.inputs[2]) }
        : undefined,
    );
    numbers.set(output, network.layers.length);
  }

  for (const operator of graph.operators) {
    if (done.has(operator) || isNothing(operator)) continue;
    const source = (): Shape => network.shapes[numberOf(operator.inputs[0])] ?? { channels: 0, level: 0 };
    switch (operator.kind) {
      case 'CONV_2D': {
        const [channels = 0, kernel = 0] = near.constant(operator.inputs[1]).shape;
        const level = source().level + operator.stride - 1;
        add(operator, kernel === 1 ? 'point' : 'image', kernel, channels, level);
        break;
      }
      case 'DEPTHWISE_CONV_2D':
        add(operator, 'depth', 3, source().channels, source().level + operator.stride - 1);
        break;
      case 'MAX_POOL_2D':
        add(operator, 'pool', 2, source().channels, source().level + 1);
        break;
      case 'RESIZE_BILINEAR':
        add(operator, 'enlarge', 2, source().channels, source().level - 1);
        break;
      case 'DEQUANTIZE':
      case 'CONCATENATION':
        break;
      default:
        throw new Error(`${operator.kind} that is in no layer`);
    }
  }
  network.heads.push(...headsOf(graph, near.parts.bind(near), numberOf));
  return { network, constants };
}

/** Of the two outputs the one with a number a box is that of scores. */
function headsOf(
  { tensors, outputs }: TfGraph,
  parts: (tensor: number) => number[],
  numberOf: (tensor: number) => number,
): Head[] {
  const [boxes, scores] = [boxNumbers, 1].map((numbers) =>
    outputs.filter((tensor) => tensors[tensor]?.shape.at(-1) === numbers).flatMap(parts),
  );
  return (scores ?? []).map((tensor, index) => ({
    scores: numberOf(tensor),
    boxes: numberOf(boxes?.[index] ?? -1),
    anchors: tensors[tensor]?.shape.at(-1) ?? 0,
  }));
}
