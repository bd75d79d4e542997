import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type BrokerProcess, type MosquittoOptions, startMosquitto } from './brokers.js';
import { type Cable, startCable } from './cable.js';
import type { certificates } from './certificates.js';
import { folder, run, sink } from './delivery.js';
import type { Program } from './program.js';

const shipped = (file: string) =>
  readFileSync(new URL(`../../../deploy/mosquitto/${file}`, import.meta.url), 'utf8').split('\n');
const ofHall = [
  'user hall',
  'topic write facepipe/hall/faces',
  'topic write facepipe/hall/visits',
  'topic readwrite facepipe/hall/status',
  'topic read facepipe/hall/stored',
];
const secrets = { door: 'd', hall: 'h', log: 'l', forward: 'f', site1: 's', sink: 'k' };
type User = keyof typeof secrets;

/** Two brokers as shipped, with mosquitto's own bridge between them, a sink, and whatever captures are started. */
export interface Site {
  readonly edge: BrokerProcess;
  readonly cloud: BrokerProcess;
  /** Between the brokers. */
  readonly line: Cable;
  readonly bucket: string;
  startSink(): Promise<Program>;
  capture(name: 'door' | 'hall', until: string, ...more: string[]): Promise<Program>;
}

/** `deploy/mosquitto/bridge.conf` with the places and secrets of a test. */
function bridge(port: number, ca: string): string[] {
  const told: Record<string, string> = {
    address: `127.0.0.1:${port}`,
    remote_password: secrets.site1,
    bridge_cafile: ca,
  };
  return shipped('bridge.conf').map((line) => {
    const [option = ''] = line.split(' ');
    return option in told ? `${option} ${told[option]}` : line;
  });
}

export async function startSite(
  t: TestContext,
  tls: ReturnType<typeof certificates>,
  options: MosquittoOptions = {},
): Promise<Site> {
  const kept = folder();
  const common = { passwords: secrets, persistence: true };
  const start = async (given: MosquittoOptions) => {
    const broker = await startMosquitto({ ...common, ...given });
    t.after(() => broker.stop());
    return broker;
  };
  const cloud = await start({
    acl: shipped('cloud.acl'),
    config: ['max_queued_messages 1000000'],
    tls: { ca: tls.file('ca.pem'), cert: tls.file('server.pem'), key: tls.file('server.key') },
  });
  const line = await startCable(cloud.port);
  t.after(() => line.close());
  const edge = await start({
    // the site has a camera more than the cloud's rules know
    acl: [...shipped('edge.acl'), ...ofHall],
    config: bridge(line.port, tls.file('ca.pem')),
    ...options,
  });
  const login = async (user: User) => {
    const file = join(kept, user);
    await writeFile(file, secrets[user]);
    return ['--username', user, '--password-file', file];
  };
  const bucket = folder();
  return {
    edge,
    cloud,
    line,
    bucket,
    startSink: async () => {
      const url = `mqtts://127.0.0.1:${cloud.port}`;
      const program = sink(t, url, bucket, ...(await login('sink')), '--ca', tls.file('ca.pem'));
      await program.line(/health and metrics/);
      return program;
    },
    capture: async (name, until, ...more) => {
      const small = ['--width', '320', '--height', '240'];
      const scene = ['capture', '--source', 'demo', '--send', 'every', '--name', name, ...small];
      const where = ['--broker', edge.url, ...(await login(name)), '--port', '0'];
      const program = run(t, ...scene, ...where, '--until', until, '--receipt-timeout', '3s', ...more);
      await program.line(/looking for faces/);
      return program;
    },
  };
}
