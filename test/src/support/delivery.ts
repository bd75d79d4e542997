import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { connect, decodeStatus, inspectImage, type Status } from '@facepipe/wire';
import { freshFolder, type Outcome, type Program, start } from './program.js';
import { until } from './until.js';

export const folder = (): string => freshFolder('facepipe-delivery-');

/** A command that is killed with its test. */
export function run(t: TestContext, ...args: string[]): Program {
  const program = start([...args, '--json', '--log-level', 'debug']);
  t.after(() => program.stop('SIGKILL'));
  return program;
}

export const sink = (t: TestContext, url: string, bucket: string, ...more: string[]): Program =>
  run(t, 'sink', '--broker', url, '--store', pathToFileURL(bucket).href, '--port', '0', ...more);

/** Every face of every frame: these tests are about delivery, and want many. */
export const scene = [
  ...['capture', '--source', 'demo', '--name', 'door', '--width', '320', '--height', '240'],
  ...['--send', 'every'],
];
export const film = (frames: number, seed = 1) => [
  '--no-realtime',
  '--frames',
  String(frames),
  '--seed',
  String(seed),
];

export const objectsIn = (bucket: string): string[] =>
  readdirSync(bucket, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.png'));

/** The seqs of the stored faces, by id. */
export async function stored(bucket: string): Promise<Map<string, number>> {
  const faces = new Map<string, number>();
  for (const path of objectsIn(bucket)) {
    const { facts } = await inspectImage(readFileSync(join(bucket, path)));
    assert.ok(facts && path.endsWith(`${facts.id}.png`));
    faces.set(facts.id, facts.seq);
  }
  return faces;
}

/** The faces that a capture said it has: `face` is logged once it is in the spool. */
export const accepted = (lines: readonly string[]): Map<string, number> =>
  new Map(
    lines
      .filter((line) => line.startsWith('{') && line.includes('"face"'))
      .map((line) => JSON.parse(line) as { id: string; seq: number })
      .map(({ id, seq }) => [id, seq]),
  );

export const totalsOf = ({ stdout }: Pick<Outcome, 'stdout'>): Record<string, number> =>
  JSON.parse(stdout.trim().split('\n').at(-1) ?? '');

export const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

export const holdsAll = (bucket: string, faces: number) =>
  until(
    () => `the bucket holds ${faces} faces: ${objectsIn(bucket).length}`,
    () => objectsIn(bucket).length >= faces,
  );

/** What a subscriber hears of each face, in the order they come. */
export interface Heard {
  seq: number;
  box: string | undefined;
  frameSize: string | undefined;
}

export async function listen(t: TestContext, url: string): Promise<Heard[]> {
  const heard: Heard[] = [];
  const link = await connect({ url });
  t.after(() => link.close());
  await link.subscribe('facepipe/door/faces', async ({ userProperties }) => {
    const { seq, box, 'frame-size': frameSize } = userProperties;
    heard.push({ seq: Number(seq), box, frameSize });
  });
  return heard;
}

export async function statuses(t: TestContext, url: string): Promise<Status[]> {
  const said: Status[] = [];
  const link = await connect({ url });
  t.after(() => link.close());
  await link.subscribe('facepipe/door/status', async ({ payload }) => {
    const status = decodeStatus(payload);
    if (status) said.push(status);
  });
  return said;
}
