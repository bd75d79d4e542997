import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from '@facepipe/test';

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** A program that is measured, or that others are measured with. */
export interface Running {
  readonly pid: number;
  /** Lines of stdout and stderr so far. */
  lines: number;
  stop(): Promise<void>;
}

/** A program, once a line of it matches `ready`. */
async function start(program: string, args: string[], ready?: RegExp, env = {}): Promise<Running> {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  children.add(child);
  const running: Running = {
    pid: child.pid ?? 0,
    lines: 0,
    stop: async () => {
      children.delete(child);
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
  let isReady = ready === undefined;
  let last = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      running.lines++;
      last = line;
      isReady ||= ready?.test(line) ?? false;
    });
  }
  await until(
    () => `${args.join(' ')} is ready: ${last}`,
    () => isReady || child.exitCode !== null,
    60,
  );
  if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended: ${last}`);
  return running;
}

export const facepipe = (command: string, ready: RegExp, args: string[], env = {}) =>
  start(process.execPath, [main, command, '--quiet', ...args], ready, env);
/** As cheap a subscriber as there is: a line a face, from when its session is there. */
export function listen(port: number, topic = 'facepipe/+/faces', id = 'listener'): Promise<Running> {
  const session = ['-p', String(port), '-i', id, '-c', '-t', topic, '-q', '1'];
  execFileSync('mosquitto_sub', [...session, '-E']);
  return start('mosquitto_sub', [...session, '-F', 'x']);
}
