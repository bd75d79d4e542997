import { createHash, randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type FaceFacts, inspectImage } from '@facepipe/wire';
import { s3Client } from '../support/stores.js';

/** What an object is, by its own bytes. */
export interface Kept {
  key: string;
  /** In its key. */
  id: string;
  stream: string;
  seq: number;
  /** The picture's place in a visit, where it is of one; `of` which face it is the context. */
  visit?: { track: string; frame: number; quality: number; of?: string };
  /** What contradicts what. */
  faults: string[];
}

/** The id in a key of the sink's default template. */
export const idOf = (key: string): string => /([^/]+)\.[a-z]+$/.exec(key)?.[1] ?? key;

function visitOf(facts: FaceFacts | undefined): Pick<Kept, 'visit'> {
  if (facts?.track === undefined) return {};
  const { track, frame, quality = 0, of } = facts;
  return { visit: { track, frame, quality, ...(of !== undefined && { of }) } };
}

/** What a scenario's faces end up in. */
export interface ObjectStore {
  readonly name: string;
  keys(): Promise<string[]>;
  ids(): Promise<Set<string>>;
  read(): AsyncGenerator<Kept>;
  close(): Promise<void>;
}

/** A bucket of its own for each scenario, seen directly and not through the proxy that the sinks must use. */
export class S3Bucket implements ObjectStore {
  readonly name: string;
  readonly #client: S3Client;

  private constructor(name: string, client: S3Client) {
    this.name = name;
    this.#client = client;
  }

  static async create(): Promise<S3Bucket> {
    const client = await s3Client();
    const name = `faults-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: name }));
    return new S3Bucket(name, client);
  }

  /** Every key but that of the sink's check. */
  async keys(): Promise<string[]> {
    const keys: string[] = [];
    let next: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.name, ContinuationToken: next }),
      );
      for (const { Key } of page.Contents ?? []) {
        if (Key !== undefined && !Key.endsWith('.facepipe-check')) keys.push(Key);
      }
      next = page.NextContinuationToken;
    } while (next !== undefined);
    return keys;
  }

  /** The ids in the keys. */
  async ids(): Promise<Set<string>> {
    return new Set((await this.keys()).map(idOf));
  }

  /** Reads every object and compares key, metadata and the facts in the image itself. */
  async *read(): AsyncGenerator<Kept> {
    const keys = await this.keys();
    for (let from = 0; from < keys.length; from += 32) {
      yield* await Promise.all(keys.slice(from, from + 32).map((key) => this.#inspect(key)));
    }
  }

  /** Empties it: the server keeps everything in memory. */
  async close(): Promise<void> {
    const keys = await this.keys();
    for (let from = 0; from < keys.length; from += 1000) {
      const Objects = keys.slice(from, from + 1000).map((Key) => ({ Key }));
      await this.#client.send(new DeleteObjectsCommand({ Bucket: this.name, Delete: { Objects } }));
    }
    this.#client.destroy();
  }

  async #inspect(key: string): Promise<Kept> {
    const { Body, Metadata = {} } = await this.#client.send(
      new GetObjectCommand({ Bucket: this.name, Key: key }),
    );
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    const id = idOf(key);
    const faults: string[] = [];
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (Metadata.sha256 !== digest) faults.push(`its bytes have sha256 ${digest}, not ${Metadata.sha256}`);
    const { facts } = await inspectImage(bytes);
    if (facts?.id !== id) faults.push(`the face in it is ${facts?.id}`);
    if (Metadata.id !== id) faults.push(`its metadata names ${Metadata.id}`);
    return { key, id, stream: facts?.stream ?? '', seq: facts?.seq ?? 0, ...visitOf(facts), faults };
  }
}
