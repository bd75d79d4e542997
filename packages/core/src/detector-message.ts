import type { EngineParts } from './engines.js';
import type { CoreErrorCode } from './error.js';
import type { Face } from './face.js';
import type { Image } from './image.js';
import type { SentPicture } from './image-send.js';
import type { DetectOptions, Size } from './option.js';

/** The first message to a detector's thread: all of it can be sent, and nobody else changes it. */
export type DetectorOpening = EngineParts & { type: 'open' };

/** One image. */
export interface DetectorQuestion {
  type: 'detect';
  image: Image | SentPicture;
  options: DetectOptions;
}

/** The same members after every question: `threads` may change. */
export interface DetectorAnswer {
  /** engine and version */
  engine: string;
  /** name of the cascade or of the model */
  cascade: string;
  threads: number;
  /** why one thread searches alone, where more were to: said once */
  warning?: { code: CoreErrorCode; message: string };
  window: Size | undefined;
  faces: Face[];
}
