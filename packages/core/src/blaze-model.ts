/** What a layer does with its source, a tensor of pixels with so many channels. */
export type LayerKind =
  /** the first one: `kernel`×`kernel` over the three colours, every second pixel */
  | 'image'
  /** each pixel by itself; adds `other`, whose channels may be fewer */
  | 'point'
  /** 3×3 of each channel by itself, every `stride`th pixel */
  | 'depth'
  /** the largest of each 2×2 */
  | 'pool'
  /** twice as large, bilinear; adds `other` */
  | 'enlarge';

export const layerKinds: readonly LayerKind[] = ['image', 'point', 'depth', 'pool', 'enlarge'];

/** Tensor 0 is the image; layer number n, from 0, makes tensor n + 1. */
export interface Layer {
  kind: LayerKind;
  /** side of what goes into one sum: 3 or 5 for `image`, 3 for `depth` */
  kernel: number;
  stride: number;
  /** whether what is below 0 becomes 0 */
  relu: boolean;
  /** the tensor it reads */
  source: number;
  /** the tensor it adds, 0 for none */
  other: number;
  /** of its own tensor; a multiple of 8 */
  channels: number;
}

/**
 * Two tensors of the same pixels: each has `anchors` boxes, a score for each box, and 16 numbers that say where it
 * is.
 */
export interface Head {
  scores: number;
  boxes: number;
  anchors: number;
}

/** What is known of a tensor without knowing how large the image is. */
export interface Shape {
  channels: number;
  /** how often it has been halved: pixels of the image between its pixels are 2 to this power */
  level: number;
}

/** A network whose sums are fused with what is done to them. */
export interface Network {
  layers: Layer[];
  heads: Head[];
  /** of each tensor */
  shapes: Shape[];
}

/** Images whose sides are no multiple of 2 to this power cannot be halved so often. */
export const deepest = 5;

/** Numbers that say where a box is: its middle, width and height, and six landmarks. */
export const boxNumbers = 16;

/** Weights and biases of a layer, as numbers; padding included. */
export function weightsOf(
  { kind, kernel, channels }: Layer,
  source: Shape,
): { weights: number; bias: number } {
  switch (kind) {
    case 'image':
      return { weights: kernel * kernel * 3 * channels, bias: channels };
    case 'point':
      return { weights: source.channels * channels, bias: channels };
    case 'depth':
      return { weights: 9 * channels, bias: channels };
    default:
      return { weights: 0, bias: 0 };
  }
}
