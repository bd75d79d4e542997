import type { Answer } from './blaze-decode.js';
import type { Layer } from './blaze-model.js';
import { weightsOf } from './blaze-model.js';
import { type BlazeKernel, instantiateBlaze } from './blaze-module.js';
import { type Plan, pixelsOf, planMemory, planWeights } from './blaze-plan.js';
import type { Weights } from './blaze-read.js';
import { planSampling, type Region, sample } from './blaze-sample.js';
import type { Image } from './image.js';

const page = 65_536;
/** Behind the kernel's own: it has no variables in memory, but a page. */
const start = page;
/** A bound for weights that ask for more than any network of this kind needs. */
const maxBytes = 2 ** 29;

/** A network in the memory of a kernel of its own. */
export interface Runner {
  /**
   * Samples the region of the image to `width`×`height` pixels, multiples of 32 of at least 64, and runs the network
   * on it. The answers are views of the kernel's memory, good until the next run.
   * @throws Error when there is not enough memory
   */
  run(image: Image, region: Region, width: number, height: number): Answer[];
  /** bytes that the kernel holds */
  readonly bytes: number;
}

function grow({ memory }: BlazeKernel, end: number): void {
  if (end > maxBytes) throw new Error(`it needs ${end} bytes, more than ${maxBytes}`);
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / page));
}

/** Calls of the kernel, one a layer, in the order of the layers. */
function runLayer(kernel: BlazeKernel, { network }: Weights, plan: Plan, layer: Layer, number: number): void {
  const { kind, kernel: side, stride, relu, channels } = layer;
  const source = network.shapes[layer.source] ?? { channels: 0, level: 0 };
  const from = plan.tensors[layer.source] ?? 0;
  const to = plan.tensors[number + 1] ?? 0;
  const other = layer.other > 0 ? (plan.tensors[layer.other] ?? 0) : 0;
  const otherChannels = layer.other > 0 ? (network.shapes[layer.other]?.channels ?? 0) : 0;
  const weights = plan.weights[number] ?? 0;
  const bias = weights + 4 * weightsOf(layer, source).weights;
  const width = plan.width >> source.level;
  const height = plan.height >> source.level;
  switch (kind) {
    case 'image': {
      const rows = [side, 3 * side, 12 * stride, plan.inputRow, stride * plan.inputRow] as const;
      kernel.convolve(
        from,
        to,
        weights,
        bias,
        0,
        0,
        width / stride,
        height / stride,
        channels,
        ...rows,
        relu,
      );
      break;
    }
    case 'point': {
      const one = [1, source.channels, 4 * source.channels, 0, 0] as const;
      kernel.convolve(
        from,
        to,
        weights,
        bias,
        other,
        otherChannels,
        width * height,
        1,
        channels,
        ...one,
        relu,
      );
      break;
    }
    case 'depth':
      kernel.depthwise(from, to, weights, bias, width, height, channels, stride, relu);
      break;
    case 'pool':
      kernel.pool(from, to, width, height, 4 * channels);
      break;
    case 'enlarge':
      kernel.enlarge(from, other, to, width, height, 4 * channels);
  }
}

/**
 * Puts weights into a kernel.
 * @throws FACEPIPE_E_ENGINE_UNAVAILABLE
 */
export async function openNetwork(weights: Weights, module: WebAssembly.Module): Promise<Runner> {
  const kernel = await instantiateBlaze(module);
  const { network } = weights;
  const { end } = planWeights(network, start);
  grow(kernel, end + weights.halves.length);
  new Uint8Array(kernel.memory.buffer).set(weights.halves, end);
  kernel.unpack(end, start, weights.halves.length / 2);
  let plan: Plan | undefined;

  function planFor(width: number, height: number): Plan {
    if (plan?.width === width && plan.height === height) return plan;
    const next = planMemory(network, width, height, start);
    grow(kernel, next.end);
    // its border stays as it is
    new Uint8Array(kernel.memory.buffer).fill(0, next.tensors[0] ?? 0, next.scratch);
    plan = next;
    return next;
  }

  return {
    run(image, region, width, height) {
      const plan = planFor(width, height);
      const sampling = planSampling(plan, image, region);
      grow(kernel, sampling.end);
      sample(kernel, plan, image, sampling);
      for (const [number, layer] of network.layers.entries()) runLayer(kernel, weights, plan, layer, number);
      return network.heads.map((head) => {
        const view = (tensor: number) => {
          const shape = network.shapes[tensor] ?? { channels: 0, level: 0 };
          const count = pixelsOf(shape, width, height) * shape.channels;
          return { shape, numbers: new Float32Array(kernel.memory.buffer, plan.tensors[tensor] ?? 0, count) };
        };
        const [scores, boxes] = [view(head.scores), view(head.boxes)];
        return {
          head,
          scores: scores.numbers,
          scoreShape: scores.shape,
          boxes: boxes.numbers,
          boxShape: boxes.shape,
        };
      });
    },
    get bytes() {
      return kernel.memory.buffer.byteLength;
    },
  };
}
