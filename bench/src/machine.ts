import { cpus, release, totalmem, type } from 'node:os';

/** What the numbers were measured on, in one line. */
export function machine(): string {
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? 'unknown processor';
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${model}, ${cores.length} cores, ${memory} GB, ${type()} ${release()} ${process.arch}, Node ${process.versions.node}`;
}
