import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDetector } from '@facepipe/core';
import { openFaceDetector } from '@facepipe/edge/detect';
import { cascadeConfidence, type FoundFace, foundFace } from '@facepipe/edge/visit';
import type { Box } from '@facepipe/wire';
import type { Frame } from 'facepipe';

/** Finds the faces of frames in their order; `expected` are places worth a second look. */
export interface Finder {
  find(frame: Frame, expected: readonly Box[]): Promise<FoundFace[]>;
  close(): Promise<void>;
}

const cascade = { cascade: 'frontalface_alt2' } as const;
const search = { minNeighbors: 1, minSize: 30 } as const;

/** A cascade alone. */
export async function cascadeFinder(): Promise<Finder> {
  const detector = await createDetector(cascade);
  return {
    async find(frame) {
      const faces = await detector.detect(frame, search);
      return faces.map(({ neighbors, ...box }) => ({ box, confidence: cascadeConfidence(neighbors) }));
    },
    close: () => detector.close(),
  };
}

/** As `capture` looks with its defaults. */
const ofCapture = { ...cascade, verify: 0.5, width: 640 } as const;

/** What the cascade proposes and what is expected, as far as the network sees a face there. */
export async function verifiedFinder(): Promise<Finder> {
  const detector = await openFaceDetector(ofCapture);
  return {
    async find(frame, expected) {
      const faces = await detector.detect(frame, search, { expected });
      return faces.map((face) => foundFace(face));
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
