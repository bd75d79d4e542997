import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cliError, outputError } from '../cli-error.js';

/** Bytes of a file's name on common file systems, less what is put behind a stem. */
const longestStem = 200;
/** Names tried for one output before it is given up; each is another file's that must stay. */
const maxNames = 10_000;

/** What identifies a file under all its names; undefined where there is none. */
export function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}

/** A stem that leaves room for what follows it; one that is cut ends with a digest of the whole. */
export function fitStem(stem: string): string {
  if (Buffer.byteLength(stem) <= longestStem) return stem;
  const digest = createHash('sha256').update(stem).digest('hex').slice(0, 12);
  let cut = stem;
  while (Buffer.byteLength(cut) > longestStem - digest.length - 1) cut = [...cut].slice(0, -1).join('');
  return `${cut}~${digest}`;
}

/**
 * The files one run writes. None of them takes the place of a picture that the run reads, or of another that it has
 * written: such a file gets a number behind its name.
 */
export class Outputs {
  readonly #inputs: ReadonlySet<string>;
  readonly #written = new Set<string>();

  /** @param inputs paths of all that is read */
  constructor(inputs: readonly string[]) {
    this.#inputs = new Set(inputs.flatMap((path) => identityOf(path) ?? []));
  }

  /**
   * Writes a PNG of a name made from the stem; returns its path.
   * @throws FACEPIPE_E_OUTPUT, exit 1
   */
  async write(folder: string, stem: string, png: Buffer): Promise<string> {
    const path = this.#free(folder, fitStem(stem));
    try {
      await writeFile(path, png);
      return path;
    } catch (error) {
      throw outputError(path, error);
    }
  }

  #free(folder: string, stem: string): string {
    for (let number = 1; number <= maxNames; number++) {
      const path = join(folder, number === 1 ? `${stem}.png` : `${stem}~${number}.png`);
      const identity = identityOf(path);
      if (this.#written.has(path) || (identity !== undefined && this.#inputs.has(identity))) continue;
      this.#written.add(path);
      return path;
    }
    throw cliError('FACEPIPE_E_OUTPUT', { file: join(folder, stem), reason: 'all its names are taken' });
  }
}
