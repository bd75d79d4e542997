import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './brokers.js';
import { until } from './until.js';

const program = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const shipped = new URL('../../../deploy/rabbitmq/rabbitmq.conf', import.meta.url);
const access = fileURLToPath(new URL('../../../deploy/rabbitmq/access.sh', import.meta.url));

/** Why tests with RabbitMQ are skipped; undefined when they are not. */
export const rabbitMissing: string | undefined = existsSync(program)
  ? undefined
  : 'RabbitMQ is not installed: apt-get install rabbitmq-server';

export interface RabbitOptions {
  /** Of the users that `deploy/rabbitmq/access.sh` makes. */
  passwords: { sink: string; site1: string };
  /** PEM files. */
  tls: { ca: string; cert: string; key: string };
}

/** A RabbitMQ with the configuration and the access rules shipped, its files in a temporary folder. */
export interface Rabbit {
  readonly url: string;
  start(): Promise<void>;
  /** kill -9 */
  crash(): Promise<void>;
  /** For good; its files are removed. */
  stop(): Promise<void>;
}

export async function startRabbit({ passwords, tls }: RabbitOptions): Promise<Rabbit> {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-rabbitmq-'));
  const file = (name: string) => join(folder, name);
  const [port, dist, epmd] = [await freePort(), await freePort(), await freePort()];
  const told: Record<string, string> = {
    'mqtt.listeners.ssl.1': `127.0.0.1:${port}`,
    'ssl_options.cacertfile': tls.ca,
    'ssl_options.certfile': tls.cert,
    'ssl_options.keyfile': tls.key,
  };
  const lines = readFileSync(shipped, 'utf8')
    .split('\n')
    .map((line) => {
      const [option = ''] = line.split(' = ');
      return option in told ? `${option} = ${told[option]}` : line;
    });
  writeFileSync(file('rabbitmq.conf'), lines.join('\n'));
  writeFileSync(file('enabled_plugins'), '[rabbitmq_mqtt].\n');
  const env = {
    ...process.env,
    HOME: folder,
    ERL_EPMD_PORT: String(epmd),
    RABBITMQ_NODENAME: 'facepipe@localhost',
    RABBITMQ_DIST_PORT: String(dist),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: file('rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins'),
    RABBITMQ_GENERATED_CONFIG_DIR: file('generated'),
    RABBITMQ_MNESIA_BASE: file('data'),
    RABBITMQ_LOG_BASE: file('log'),
    RABBITMQ_LOGS: file('log.txt'),
    RABBITMQ_PID_FILE: file('pid'),
  };
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals) => {
    const ending = child;
    child = undefined;
    if (!ending) return;
    const pid = Number(readFileSync(file('pid'), 'utf8'));
    process.kill(pid, signal);
    await until('RabbitMQ has ended', () => ending.exitCode !== null || ending.signalCode !== null);
  };
  const start = async () => {
    const started = spawn(program, [], { env, stdio: 'ignore' });
    child = started;
    const log = () => (existsSync(file('log.txt')) ? readFileSync(file('log.txt'), 'utf8') : '');
    // a log is written on from where it was
    const before = log().length;
    await until(
      () => `RabbitMQ is up: ${log().slice(-500)}`,
      () => {
        if (started.exitCode !== null) throw new Error(`RabbitMQ ended: ${log().slice(-2000)}`);
        return log().slice(before).includes('Server startup complete');
      },
    );
  };
  process.on('exit', () => child?.kill('SIGKILL'));
  await start();
  const { status, stderr } = spawnSync(access, {
    env: {
      ...env,
      PATH: `${dirname(program)}:${process.env.PATH}`,
      SINK_PASSWORD: passwords.sink,
      SITE1_PASSWORD: passwords.site1,
    },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return {
    url: `mqtts://127.0.0.1:${port}`,
    start,
    crash: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      // the port mapper that it started
      spawnSync('epmd', ['-kill'], { env });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
