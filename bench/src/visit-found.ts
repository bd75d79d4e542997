import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDetector } from '@facepipe/core';
import { cascadeConfidence, type FoundFace } from '@facepipe/edge/visit/visits';
import type { Box } from '@facepipe/wire';
import type { Frame } from 'facepipe';

/** Finds the faces of frames in their order; `expected` are places worth a second look. */
export interface Finder {
  find(frame: Frame, expected: readonly Box[]): Promise<FoundFace[]>;
  close(): Promise<void>;
}

export async function cascadeFinder(): Promise<Finder> {
  const detector = await createDetector({ cascade: 'frontalface_alt2' });
  return {
    async find(frame) {
      const faces = await detector.detect(frame, { minNeighbors: 1, minSize: 30 });
      return faces.map(({ neighbors, ...box }) => ({ box, confidence: cascadeConfidence(neighbors) }));
    },
    close: () => detector.close(),
  };
}

/** What was found in a clip, frame by frame; kept in a file, so that only the first run has to look. */
export class FoundFaces {
  readonly #file: string;
  readonly #frames: FoundFace[][];
  readonly #known: boolean;

  constructor(folder: string, clip: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, `${clip}.json`);
    this.#known = existsSync(this.#file);
    this.#frames = this.#known ? JSON.parse(readFileSync(this.#file, 'utf8')) : [];
  }

  async of(index: number, find: () => Promise<FoundFace[]>): Promise<FoundFace[]> {
    if (!this.#known) this.#frames[index] = await find();
    return this.#frames[index] ?? [];
  }

  save(): void {
    if (!this.#known) writeFileSync(this.#file, JSON.stringify(this.#frames));
  }
}
