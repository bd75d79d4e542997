import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startLimited } from '../../dist/broker/embedded.js';
import { type BrokerLimits, diskLimits, memoryLimits } from '../../dist/broker/limits.js';
import { RawClient } from './raw-client.js';

const folder = mkdtempSync(join(tmpdir(), 'facepipe-embedded-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/**
 * A broker with other limits, that ends with the test.
 * @param data name of its folder; absent: in memory
 */
export async function broker(t: TestContext, limits: Partial<BrokerLimits> = {}, data?: string) {
  const troubles: string[] = [];
  const options = { host: '127.0.0.1', port: 0, onTrouble: (text: string) => troubles.push(text) };
  const { port, close } = await startLimited(
    { ...options, ...(data && { data: join(folder, data) }) },
    { ...(data ? diskLimits : memoryLimits), ...limits },
  );
  let closing: Promise<void> | undefined;
  const stop = () => {
    closing ??= close();
    return closing;
  };
  t.after(stop);
  return { port, troubles, stop };
}

/** Whether the broker still does its work for others. */
export async function assertServes(port: number): Promise<void> {
  const subscriber = await RawClient.connect(port);
  await subscriber.subscribe('well/+', 1);
  const publisher = await RawClient.connect(port);
  await publisher.acknowledged('well/1', 'yes');
  assert.equal(String((await subscriber.next('publish')).payload), 'yes');
  await subscriber.leave();
  await publisher.leave();
}
