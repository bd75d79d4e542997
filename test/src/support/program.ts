import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** One running `facepipe` command, as a user starts it. */
export interface Program {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Outcome>;
  /** stdout so far. */
  output(): string;
  /** Lines of stderr so far. */
  readonly lines: string[];
  /** Resolves with the first line of stderr, past or to come, that matches; rejects when the program ends without. */
  line(pattern: RegExp): Promise<string>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Outcome>;
}

export interface ProgramOptions {
  env?: Record<string, string>;
  /** What it reads on stdin; 'open' leaves that to the caller. */
  input?: Buffer | 'open';
  cwd?: string;
}

const all = new Set<ChildProcess>();
const folders = new Set<string>();
const kill = () => {
  for (const child of all) child.kill('SIGKILL');
};
// what a failed test left running would keep its file from ending
if (process.env.NODE_TEST_CONTEXT) after(kill);
process.on('exit', () => {
  kill();
  // what was killed just now may still be writing
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** A folder that stays until the process ends and the programs that write into it have been killed. */
export function freshFolder(prefix: string): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  folders.add(folder);
  return folder;
}

let state: string | undefined;

/** Starts `facepipe ARGS…` from the build of this checkout; all of one process share the folder of their state. */
export function start(args: readonly string[], { env = {}, input, cwd }: ProgramOptions = {}): Program {
  state ??= freshFolder('facepipe-state-');
  // the defaults are the user's, and outlive runs
  const child = spawn(process.execPath, [main, ...args], {
    env: {
      ...process.env,
      FACEPIPE_STATE: state,
      ...(args[0] === 'capture' && { FACEPIPE_SPOOL: freshFolder('facepipe-spool-') }),
      ...env,
    },
    stdio: 'pipe',
    ...(cwd && { cwd }),
  });
  all.add(child);
  if (input === 'open') child.stdin.on('error', () => {});
  else if (input) child.stdin.on('error', () => {}).end(input);
  else child.stdin.end();
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  const reader = createInterface({ input: child.stderr });
  reader.on('line', (line) => {
    lines.push(line);
    for (const wake of waiting) wake(line);
  });
  const ended = Promise.all([once(child, 'close'), once(reader, 'close')]).then(
    ([[code, signal]]): Outcome => {
      all.delete(child);
      return { code, signal, stdout, stderr: lines.join('\n') };
    },
  );
  return {
    child,
    ended,
    lines,
    output: () => stdout,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const past = lines.find((line) => pattern.test(line));
        if (past !== undefined) return resolve(past);
        const wake = (line: string) => {
          if (!pattern.test(line)) return;
          waiting.delete(wake);
          resolve(line);
        };
        waiting.add(wake);
        ended.then(({ code, stderr }) =>
          reject(new Error(`ended with ${code} before ${pattern}:\n${stderr}`)),
        );
      }),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs `facepipe ARGS…` to its end. */
export const facepipe = (args: readonly string[], options?: ProgramOptions): Promise<Outcome> =>
  start(args, options).ended;
