import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from 'facepipe';
import type { RunningBroker } from './running-broker.js';

const folders = new Set<string>();
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** The broker of `facepipe broker` in this process, with its queues on disk; `crash` and `restart` keep them. */
export async function startEmbedded(): Promise<RunningBroker> {
  const data = mkdtempSync(join(tmpdir(), 'facepipe-embedded-'));
  folders.add(data);
  let broker = await startBroker({ host: '127.0.0.1', port: 0, data });
  const { url, port } = broker;
  let running = true;
  const crash = async () => {
    if (!running) return;
    running = false;
    await broker.close();
  };
  return {
    url,
    port,
    crash,
    stop: crash,
    restart: async () => {
      await crash();
      broker = await startBroker({ host: '127.0.0.1', port, data });
      running = true;
    },
  };
}
