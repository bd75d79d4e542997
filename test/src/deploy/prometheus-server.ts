import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { freePort } from '../support/brokers.js';
import { until } from '../support/until.js';

/** A server of Prometheus's family, once it is ready, until the test ends. Gives its address. */
export async function startServer(t: TestContext, command: string, flags: string[]): Promise<string> {
  const host = `127.0.0.1:${await freePort()}`;
  const server = spawn(command, [...flags, `--web.listen-address=${host}`], { stdio: 'ignore' });
  t.after(async () => {
    if (server.exitCode !== null) return;
    server.kill();
    await once(server, 'exit');
  });
  await until(`${command} is ready`, async () => {
    if (server.exitCode !== null) throw new Error(`${command} ended with ${server.exitCode}`);
    return fetch(`http://${host}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return `http://${host}`;
}
