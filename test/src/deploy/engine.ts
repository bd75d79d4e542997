import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const tag = process.env.TAG ?? 'test';
const run = promisify(execFile);

/** A reason to skip, which is none in CI: there everything is to run. */
export const skipping = (reason: string | undefined): string | undefined =>
  process.env.FACEPIPE_TEST_ALL ? undefined : reason;

/** What a docker command prints. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { cwd: root, maxBuffer: 64e6 });
  return stdout.trim();
}

/** A docker command that may fail. */
export function tryDocker(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('docker', args, { cwd: root, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

/** The part of `docker inspect` that is looked at here. */
export interface Container {
  Name: string;
  Config: { User: string; Labels: Record<string, string> };
  State: {
    Pid: number;
    Running: boolean;
    ExitCode: number;
    OOMKilled: boolean;
    Health?: { Status: string };
  };
  HostConfig: {
    ReadonlyRootfs: boolean;
    Privileged: boolean;
    CapDrop: string[] | null;
    CapAdd: string[] | null;
    SecurityOpt: string[] | null;
    PidsLimit: number | null;
    Memory: number;
    RestartPolicy: { Name: string };
    PortBindings: Record<string, { HostIp: string; HostPort: string }[] | null> | null;
  };
  Mounts: { Destination: string; RW: boolean }[];
}

export const serviceOf = ({ Config }: Container): string => Config.Labels['com.docker.compose.service'] ?? '';

/** A Compose project of its own name; it is removed with its volumes when the test ends. */
export class Project {
  readonly #args: string[];
  readonly #env: Record<string, string>;

  constructor(
    t: TestContext,
    name: string,
    files: string[],
    env: Record<string, string> = {},
    envFile = '/dev/null',
  ) {
    const project = ['compose', '-p', name, ...files.flatMap((file) => ['-f', file])];
    this.#args = [...project, '--env-file', envFile];
    this.#env = env;
    t.after(async () => {
      // the file of its environment may be gone
      if (!process.env.FACEPIPE_KEEP)
        await docker(...project, '--env-file', '/dev/null', '--profile', '*', 'down', '-v', '-t', '1');
    });
  }

  async compose(...args: string[]): Promise<string> {
    const { stdout } = await run('docker', [...this.#args, ...args], {
      cwd: root,
      env: { ...process.env, ...this.#env },
      maxBuffer: 64e6,
    });
    return stdout;
  }

  /** Every container that there is, or those of some services. */
  async containers(...services: string[]): Promise<Container[]> {
    const ids = (await this.compose('ps', '-aq', ...services)).split('\n').filter(Boolean);
    return ids.length === 0 ? [] : (JSON.parse(await docker('inspect', ...ids)) as Container[]);
  }

  /** What services have printed, without what docker puts before it. */
  async logs(...services: string[]): Promise<string> {
    const lines = await this.compose('logs', '--no-log-prefix', '--no-color', ...services);
    return lines.replaceAll('\u001b[2K', '');
  }
}

/** What a program that serves health inside a container says there. */
export const metricsOf = ({ Name }: Container): Promise<string> =>
  docker(
    'exec',
    Name.slice(1),
    'node',
    '-e',
    "fetch('http://127.0.0.1:9464/metrics').then((r) => r.text()).then(console.log)",
  );

export function metric(text: string, name: string): number {
  const found = text.match(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm'));
  return found ? Number(found[1]) : Number.NaN;
}

/** The address at which containers reach this machine, asked from inside one. */
export async function gateway(): Promise<string> {
  const hosts = "console.log(require('node:fs').readFileSync('/etc/hosts', 'utf8'))";
  const inside = ['--add-host', 'here:host-gateway', '--entrypoint', 'node', `facepipe-sink:${tag}`];
  const found = /^(\S+)\s+here$/m.exec(await docker('run', '--rm', ...inside, '-e', hosts));
  if (!found?.[1]) throw new Error('docker knows no host-gateway');
  return found[1];
}

/** Fields of /proc/PID/status of a container's first process, as this machine sees it. */
export function processStatus(pid: number): Map<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  return new Map(
    lines.map((line): [string, string] => [line.split(':')[0] ?? '', line.split(/:\s*/)[1] ?? '']),
  );
}

/** Kills a container's first process as a crash would, so that its restart policy applies. */
export const crash = ({ State }: Container): boolean => process.kill(State.Pid, 'SIGKILL');
