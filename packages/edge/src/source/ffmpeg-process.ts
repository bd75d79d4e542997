import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Readable, type Writable } from 'node:stream';
import type { FfmpegInput } from './ffmpeg-input.js';

/** How long ffmpeg may take to end by itself. Milliseconds. */
const grace = 2_000;

export type Ffmpeg = ChildProcessByStdio<Writable, Readable, Readable>;

/** The fourth pipe, with the times of a film's pictures. */
export function timesPipe({ stdio }: Ffmpeg): Readable | undefined {
  const pipe: unknown = stdio[3];
  return pipe instanceof Readable ? pipe : undefined;
}

/**
 * In a process group of its own, so that Ctrl-C in a terminal reaches this program only, which drains and then ends
 * ffmpeg. Should this program be killed, ffmpeg ends at its next write to the broken pipe.
 */
export function startFfmpeg({ args, stdin, env, beginning }: FfmpegInput, output: readonly string[]): Ffmpeg {
  const detached = process.platform !== 'win32';
  const all = ['-hide_banner', '-loglevel', 'error', ...args, ...output];
  const child = spawn('ffmpeg', all, {
    stdio: ['pipe', 'pipe', 'pipe', ...(beginning === undefined ? [] : (['pipe'] as const))],
    detached,
    windowsHide: true,
    env: { ...process.env, ...env },
  });
  // it may end before it has read all
  child.stdin.on('error', () => {});
  if (typeof stdin === 'string' || stdin === undefined) child.stdin.end(stdin ?? '');
  else stdin.on('error', () => child.stdin.end()).pipe(child.stdin);
  return child;
}

export interface Ending {
  code: number | null;
  /** The last lines it wrote to stderr. */
  said: string[];
  missing: boolean;
}

/** @param listen told of each line that it writes to stderr */
export function endOf(child: Ffmpeg, listen: (line: string) => void): Promise<Ending> {
  let tail = '';
  let unfinished = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    tail = (tail + text).slice(-4096);
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop()?.slice(0, 4096) ?? '';
    for (const line of lines) listen(line);
  });
  return new Promise((resolve) => {
    let missing = false;
    child.on('error', () => {
      missing = child.pid === undefined;
    });
    child.on('close', (code) => {
      const said = tail.split('\n').map((line) => line.trim());
      resolve({ code, said: said.filter((line) => line !== ''), missing });
    });
  });
}

/** SIGTERM, and SIGKILL when that was not enough; harmless when it has ended. */
export function killFfmpeg(child: Ffmpeg, ended: Promise<Ending>): void {
  child.stdout.destroy();
  timesPipe(child)?.destroy();
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const last = setTimeout(() => child.kill('SIGKILL'), grace);
  void ended.then(() => clearTimeout(last));
}
