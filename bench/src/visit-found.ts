import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDetector, createVerifier } from '@facepipe/core';
import { cascadeConfidence, type FoundFace, overlap } from '@facepipe/edge/visit';
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
      const faces = await detector.detect(frame, { minNeighbors: 1, minSize: 30 });
      return faces.map(({ neighbors, ...box }) => ({ box, confidence: cascadeConfidence(neighbors) }));
    },
    close: () => detector.close(),
  };
}

/** From here on the network has seen a face. */
const seen = 0.5;
/** A box this much like an expected one is that face: intersection over union. */
const explained = 0.3;

/** What the cascade proposes and what is expected, as far as the network sees a face there. */
export async function verifiedFinder(): Promise<Finder> {
  const [detector, verifier] = await Promise.all([createDetector(cascade), createVerifier()]);
  async function ask(frame: Frame, boxes: readonly Box[]): Promise<FoundFace[]> {
    const verdicts = await verifier.verify(frame, boxes);
    return verdicts.flatMap(({ box, score, landmarks }) =>
      landmarks ? [{ box, confidence: score, landmarks }] : [],
    );
  }
  return {
    async find(frame, expected) {
      const proposed = await ask(frame, await detector.detect(frame, search));
      const sure = proposed.filter(({ confidence }) => confidence >= seen);
      const missing = expected.filter((place) => !sure.some(({ box }) => overlap(box, place) > explained));
      return [...proposed, ...(await ask(frame, missing))];
    },
    async close() {
      await Promise.all([detector.close(), verifier.close()]);
    },
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
