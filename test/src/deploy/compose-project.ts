import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { connectAsync, type IClientOptions } from 'mqtt';
import { startCable } from '../support/cable.js';
import { s3Server, stores } from '../support/stores.js';
import { gateway, type Project } from './engine.js';

export const cloudFile = 'packages/cloud/compose.yaml';
export const edgeFiles = ['deploy/edge/compose.yaml', 'deploy/edge/no-camera.yaml'];
export const programs = ['capture', 'log', 'forward', 'sink'];

/** `NAME=value` lines, as .env files have them. */
export const variables = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/^(\w+)="?(.*?)"?$/gm)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll('\\n', '\n'),
    ]),
  );

export async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'facepipe-compose-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function bucketAt(t: TestContext) {
  const place = (await stores[1]?.open()) ?? assert.fail();
  t.after(() => place.close());
  const { endpoint } = await s3Server();
  const host = await gateway();
  const { port, close } = await startCable(Number(new URL(endpoint).port), host);
  t.after(close);
  const env = { ...place.env, FACEPIPE_STORE: place.url, FACEPIPE_ENDPOINT: `http://${host}:${port}` };
  return { place, host, env };
}

/** `up`; when that fails, with what the programs say. */
export async function started(project: Project, ...flags: string[]): Promise<void> {
  try {
    await project.compose('up', '-d', '--no-build', '--wait', ...flags);
  } catch (error) {
    throw new Error(`${await project.logs()}\n${error}`);
  }
}

/** How a login at the cloud's broker ends: the code of the refusal, or what the broker said to a publish. */
export async function attempt(url: string, options: IClientOptions, topic?: string): Promise<string> {
  try {
    const client = await connectAsync(
      url,
      { protocolVersion: 5, reconnectPeriod: 0, connectTimeout: 5000, ...options },
      false,
    );
    try {
      if (topic) await client.publishAsync(topic, 'x', { qos: 1 });
      return 'accepted';
    } finally {
      await client.endAsync(true);
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
