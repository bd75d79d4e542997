export { type ModelName, modelNames, type WeightsSource } from './blaze-source.js';
export type { Box } from './box.js';
export {
  type BlobLike,
  type Cascade,
  type CascadeSource,
  loadCascade,
  type ResponseLike,
} from './cascade.js';
export { type CascadeName, cascadeNames } from './cascade-bundle.js';
export type { HaarFeature, LbpFeature, Rectangle, Stage, Tree, TreeNode } from './cascade-model.js';
export { createDetector } from './create-detector.js';
export { createVerifier } from './create-verifier.js';
export type { Detector, DetectorOptions } from './detector.js';
export { type EngineName, engineNames } from './engines.js';
export { type CoreErrorCode, type CoreErrorEntry, coreErrors, FacepipeError } from './error.js';
export type { Face } from './face.js';
export { toGray } from './gray.js';
export type { GrayImage, Image, PixelFormat } from './image.js';
export type {
  CanvasLike,
  ImageBitmapLike,
  ImageDataLike,
  ImageElementLike,
  ImageSource,
  VideoElementLike,
  VideoFrameLike,
} from './image-source.js';
export type { Landmarks, Point } from './landmark.js';
export type { DetectOptions, Size } from './option.js';
export type { KernelSource, Url, WasmModule } from './platform.js';
export { type RgbImage, toRgb } from './rgb.js';
export type { Verdict, Verifier, VerifierOptions } from './verifier.js';
export type { YuvMatrix, YuvRange } from './yuv.js';
