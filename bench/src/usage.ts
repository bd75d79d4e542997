import { readFileSync } from 'node:fs';

/** What a process has used; Linux only. */
export interface Usage {
  /** Seconds of processor, over all threads. */
  cpu: number;
  /** The most memory it has had resident, bytes. */
  peak: number;
  /** The memory it has resident now, bytes. */
  resident: number;
}

/** Clock ticks a second in /proc, the same on every Linux that Node runs on. */
const ticks = 100;

export function usageOf(pid: number): Usage {
  // the name in parentheses may have spaces in it
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const cpu = (Number(fields[11]) + Number(fields[12])) / ticks;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const memory = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) * 1024;
  return { cpu, peak: memory('VmHWM'), resident: memory('VmRSS') };
}
