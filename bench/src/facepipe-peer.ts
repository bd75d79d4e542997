import { createDetector, type Detector, type DetectorOptions } from '@facepipe/core';
import { type Peer, search } from './peer.js';

/** @facepipe/core, as the options say. */
export async function facepipePeer(note: string, options: DetectorOptions): Promise<Peer> {
  const opened = new Map<string, Detector>();
  const probe = await createDetector(options);
  const { engine } = probe;
  await probe.close();
  return {
    name: `facepipe ${engine}, ${note}`,
    async detect(cascade, { data, width, height }) {
      const detector = opened.get(cascade) ?? (await createDetector({ ...options, cascade }));
      opened.set(cascade, detector);
      const start = performance.now();
      const faces = await detector.detect({ data, width, height, format: 'gray' }, search);
      const ms = performance.now() - start;
      return { ms, faces: faces.map((face) => [face.x, face.y, face.width, face.height, face.neighbors]) };
    },
    async close() {
      for (const detector of opened.values()) await detector.close();
    },
  };
}
