import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Answer, modelUrl, type Peer, search } from './peer.js';
import type { GrayPicture } from './picture.js';

const python = '/usr/bin/python3';

/** OpenCV as Python has it, in a process of its own; on as many threads as it would use if 0. */
async function nativePeer(threads: number): Promise<Peer> {
  const child = spawn(python, [fileURLToPath(new URL('../native.py', import.meta.url)), `${threads}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('python3 ended before it had answered');
    return JSON.parse(value);
  };
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-bench-'));
  const written = new Map<GrayPicture, string>();
  const fileOf = (picture: GrayPicture) => {
    const file = written.get(picture) ?? join(folder, `${written.size}.raw`);
    if (!written.has(picture)) writeFileSync(file, picture.data);
    written.set(picture, file);
    return file;
  };
  const used = await next<{ opencv: string; threads: number }>();
  return {
    name: `native ${used.opencv}, ${used.threads} ${used.threads === 1 ? 'thread' : 'threads'}`,
    async detect(cascade, picture) {
      const { width, height } = picture;
      const file = fileOf(picture);
      const question = { cascade: fileURLToPath(modelUrl(cascade)), file, width, height, options: search };
      child.stdin.write(`${JSON.stringify(question)}\n`);
      return next<Answer>();
    },
    async close() {
      child.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** On one thread and on all, or none without Python's OpenCV. */
export async function nativePeers(): Promise<Peer[]> {
  if (spawnSync(python, ['-c', 'import cv2']).status !== 0) return [];
  return [await nativePeer(1), await nativePeer(0)];
}
