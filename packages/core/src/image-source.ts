import type { Image } from './image.js';

// What pages have, by the members in use: the library "dom" is not needed to compile with these types, and what
// implements the same members elsewhere is as good for the compiler.

/** An `ImageData`. */
export interface ImageDataLike {
  readonly data: ArrayLike<number> & ArrayBufferView;
  readonly width: number;
  readonly height: number;
  readonly colorSpace: string;
}

/** An `ImageBitmap`. */
export interface ImageBitmapLike {
  readonly width: number;
  readonly height: number;
  close(): void;
}

/** A `VideoFrame`. */
export interface VideoFrameLike {
  readonly format: string | null;
  readonly displayWidth: number;
  readonly displayHeight: number;
  readonly visibleRect: { readonly width: number; readonly height: number } | null;
  /** degrees, and whether it is mirrored, where the runtime has them */
  readonly rotation?: number;
  readonly flip?: boolean;
  readonly colorSpace?: { readonly matrix: string | null; readonly fullRange: boolean | null };
  clone(): VideoFrameLike;
  copyTo(destination: Uint8Array<ArrayBuffer>): Promise<unknown>;
  allocationSize(): number;
  close(): void;
}

/** An `HTMLVideoElement`. */
export interface VideoElementLike {
  readonly videoWidth: number;
  readonly videoHeight: number;
  readonly readyState: number;
}

/** An `HTMLImageElement`. */
export interface ImageElementLike {
  readonly naturalWidth: number;
  readonly naturalHeight: number;
  readonly complete: boolean;
}

/** An `HTMLCanvasElement` or an `OffscreenCanvas`, whatever has been drawn into it, and how. */
export interface CanvasLike {
  readonly width: number;
  readonly height: number;
  getContext(type: '2d'): unknown;
}

/** Whatever has pixels: those themselves, or what a page has. */
export type ImageSource =
  | Image
  | ImageDataLike
  | ImageBitmapLike
  | VideoFrameLike
  | VideoElementLike
  | ImageElementLike
  | CanvasLike;
