import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { connect, type Link } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from './brokers.js';
import { type Program, start } from './program.js';
import type { RunningBroker } from './running-broker.js';
import { stores } from './stores.js';

export const options = { skip: mosquittoMissing ?? false, timeout: 300_000 };
export const photo = new URL('../../../packages/edge/photos/grace_hopper.jpg', import.meta.url).pathname;
export const secrets = { door: 'd', window: 'w', forward: 'f', log: 'l' };

export async function mosquitto(
  t: TestContext,
  more: Parameters<typeof startMosquitto>[0] = {},
): Promise<RunningBroker> {
  const broker = await startMosquitto({ persistence: true, ...more });
  t.after(() => broker.stop());
  return broker;
}

export async function bucket(t: TestContext): Promise<{ url: string; size(): Promise<number> }> {
  const place = (await stores[0]?.open()) ?? assert.fail();
  t.after(() => place.close());
  return { url: place.url, size: async () => (await place.list()).size };
}

export type LinkOptions = Parameters<typeof connect>[0];

export async function enter(t: TestContext, url: string, more: Partial<LinkOptions> = {}): Promise<Link> {
  const link = await connect({ url, ...more });
  t.after(() => link.close({ timeout: 0 }));
  return link;
}

export function run(t: TestContext, args: readonly string[], env: Record<string, string> = {}): Program {
  const program = start([...args, '--json', '--quiet', '--log-level', 'debug'], { env });
  t.after(() => program.stop('SIGKILL'));
  return program;
}

/** The command line of a capture called `door` that films the scene and sends every face. */
export const filming = (url: string): string[] => [
  ...'capture --source demo --fps 2 --send every --name door --broker'.split(' '),
  url,
];

/** Client ids are said at the level debug. */
export async function idsOf(program: Program): Promise<string[]> {
  const said: Record<string, unknown> = JSON.parse(await program.line(/"msg":"client ids?"/));
  return ['clientId', 'from', 'to'].flatMap((key) => (said[key] === undefined ? [] : String(said[key])));
}

/**
 * Takes a session and is gone again; with a filter it leaves a subscription behind, without one it destroys the
 * session.
 */
export async function take(
  t: TestContext,
  url: string,
  clientId: string,
  more: Partial<LinkOptions> & { filter?: string },
) {
  const { filter, ...login } = more;
  const stranger = await enter(t, url, { ...login, clientId, clean: filter === undefined });
  if (filter !== undefined) await stranger.subscribe(filter, async () => {});
  await stranger.close();
}

export const alive = (...programs: Program[]) => {
  for (const { child, lines } of programs) assert.equal(child.exitCode, null, lines.slice(-3).join('\n'));
};
