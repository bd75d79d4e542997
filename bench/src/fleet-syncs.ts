import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Calls by which a program asks the disk to keep what it wrote. */
const calls = ['fsync', 'fdatasync', 'syncfs', 'msync', 'sync_file_range'];

/** Counts the syncs of a program from now until `stop`, with strace, which slows it. */
export function countSyncs(pids: readonly number[]): { stop(): Promise<number> } {
  const each = pids.flatMap((pid) => ['-p', String(pid)]);
  const child = spawn('strace', ['-f', '-qq', '-e', `trace=${calls.join(',')}`, ...each], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return {
    stop: async () => {
      child.kill('SIGINT');
      await once(child, 'exit');
      // a call that another thread interrupts is said in two lines, and begins in one
      return said.split('\n').filter((line) => /(fsync|fdatasync|syncfs|msync|sync_file_range)\(/.test(line))
        .length;
    },
  };
}
