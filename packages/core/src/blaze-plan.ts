import { type Network, type Shape, weightsOf } from './blaze-model.js';

/** Where everything lies in the kernel's memory, in bytes, for images of one size. */
export interface Plan {
  width: number;
  height: number;
  /** of each layer's weights, the bias after them */
  weights: number[];
  /** of each tensor; that of the image has a border of zeros */
  tensors: number[];
  /** the image's rows with their border, in bytes, and the first pixel inside it */
  inputRow: number;
  inputPixel: number;
  /** where nothing of the image or of the weights lies until the first layer runs */
  scratch: number;
  end: number;
}

const alignment = 64;
const align = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/** Number of pixels of a tensor. */
export const pixelsOf = ({ level }: Shape, width: number, height: number): number =>
  (width >> level) * (height >> level);

interface Block {
  at: number;
  bytes: number;
}

/** Gives out pieces of memory, the smallest that is free and large enough, and joins what is given back. */
function allocator(start: number): { take(bytes: number): Block; give(block: Block): void; end(): number } {
  let free: Block[] = [];
  let end = start;
  return {
    take(bytes) {
      const fitting = free.filter((block) => block.bytes >= bytes).sort((a, b) => a.bytes - b.bytes)[0];
      if (!fitting) {
        const last = free.at(-1);
        const at = last && last.at + last.bytes === end ? last.at : end;
        if (at !== end) free.pop();
        end = at + bytes;
        return { at, bytes };
      }
      const rest = { at: fitting.at + bytes, bytes: fitting.bytes - bytes };
      free = free.flatMap((block) => (block !== fitting ? [block] : rest.bytes > 0 ? [rest] : []));
      return { at: fitting.at, bytes };
    },
    give(block) {
      const sorted = [...free, block].sort((a, b) => a.at - b.at);
      free = [];
      for (const { at, bytes } of sorted) {
        const last = free.at(-1);
        if (last && last.at + last.bytes === at) last.bytes += bytes;
        else free.push({ at, bytes });
      }
    },
    end: () => end,
  };
}

/** The number of the last layer that reads each tensor; what is answered with is kept. */
function lastUses({ layers, heads, shapes }: Network): number[] {
  const last = shapes.map(() => -1);
  layers.forEach(({ source, other }, number) => {
    last[source] = number;
    if (other > 0) last[other] = number;
  });
  for (const { scores, boxes } of heads) for (const tensor of [scores, boxes]) last[tensor] = layers.length;
  return last;
}

/** Weights from `start` on: the same for every size. */
export function planWeights({ layers, shapes }: Network, start: number): { weights: number[]; end: number } {
  let end = start;
  const weights = layers.map((layer) => {
    const at = end;
    const { weights, bias } = weightsOf(layer, shapes[layer.source] ?? { channels: 0, level: 0 });
    end += 4 * (weights + bias);
    return at;
  });
  return { weights, end: align(end) };
}

/** The plan for images of `width`×`height`, multiples of 32. `start`: the first byte that is free. */
export function planMemory(network: Network, width: number, height: number, start: number): Plan {
  const { weights, end: input } = planWeights(network, start);
  // TensorFlow's padding SAME, for even sizes: of an odd number the smaller half comes before
  const border = (network.layers[0]?.kernel ?? 3) - 2;
  const before = border >> 1;
  const inputRow = 12 * (width + border);
  const inputPixel = input + before * inputRow + 12 * before;
  const scratch = align(input + inputRow * (height + border));
  const memory = allocator(scratch);
  const last = lastUses(network);
  const blocks = new Map<number, Block>();
  const tensors = [input];
  network.layers.forEach((_, number) => {
    const shape = network.shapes[number + 1] ?? { channels: 0, level: 0 };
    const block = memory.take(align(4 * shape.channels * pixelsOf(shape, width, height)));
    tensors.push(block.at);
    blocks.set(number + 1, block);
    // what nothing reads after this layer, its own answer too if nobody wants it
    for (const [tensor, held] of blocks) {
      if ((last[tensor] ?? -1) > number) continue;
      memory.give(held);
      blocks.delete(tensor);
    }
  });
  return { width, height, weights, tensors, inputRow, inputPixel, scratch, end: memory.end() };
}
