// The layers of BlazeFace. Tensors are float32, NHWC, channels a multiple of eight; src/blaze-plan.ts says where each
// lies.
export { convolve } from './convolve';
export { depthwise } from './depthwise';
export { enlarge } from './enlarge';
export { pool } from './pool';
export { addRow, sampleRow, writeRow } from './sample';
export { unpack } from './unpack';
export { convertRow } from './yuv';
