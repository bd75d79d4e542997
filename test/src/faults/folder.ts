import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { inspectImage } from '@facepipe/wire';
import { idOf, type Kept, type ObjectStore } from './bucket.js';

/** A folder that a sink stores in; it belongs to the scenario. */
export class Folder implements ObjectStore {
  readonly name: string;

  constructor(path: string) {
    this.name = path;
  }

  async keys(): Promise<string[]> {
    const entries = await readdir(this.name, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(this.name, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((key) => !key.startsWith('.facepipe/'));
  }

  async ids(): Promise<Set<string>> {
    return new Set((await this.keys()).map(idOf));
  }

  /** Files have no metadata: the facts in the image are compared with the key. */
  async *read(): AsyncGenerator<Kept> {
    for (const key of await this.keys()) {
      const { facts } = await inspectImage(await readFile(join(this.name, key)));
      const id = idOf(key);
      const faults = facts?.id === id ? [] : [`the face in it is ${facts?.id}`];
      yield { key, id, stream: facts?.stream ?? '', seq: facts?.seq ?? 0, faults };
    }
  }

  async close(): Promise<void> {}
}
