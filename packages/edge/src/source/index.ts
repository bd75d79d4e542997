export type { Login } from './address.js';
export { ffmpegVersion } from './ffmpeg.js';
export { fileSource, inputsOf } from './file.js';
export { type DecodedImage, type DecodeOptions, decodeImage } from './image.js';
export { isCamera, openSource } from './open.js';
export type { ControlSetting, Frame, FrameFormat, Source, SourceOptions, TrueFace } from './source.js';
export { sourceError, sourceErrors } from './source-error.js';
