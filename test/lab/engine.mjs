// A Docker engine with our images on it, for the tests that run containers.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { base } from '../../tools/node-base.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const script = (name) => join(root, 'test/lab', name);
/** Runs a command on our output; its exit code. */
export const execute = (command, args) =>
  spawnSync(command, args, { cwd: root, stdio: ['ignore', 1, 2] }).status ?? 1;

/** The first thing that scripts say is missing, each asked by its name and its question; '' when nothing is. */
export function firstMissing(...questions) {
  for (const [name, question = 'missing'] of questions) {
    const { status, stderr, error } = spawnSync(script(name), [question], { encoding: 'utf8' });
    if (error) return `test/lab/${name} cannot run here: ${error.message}`;
    if (status !== 0) return stderr.trim().replace(`${name}: `, '');
  }
  return '';
}

/**
 * Points this process, and so what it starts, at a Docker engine: the machine's, or one that ends with this process.
 */
export function startEngine() {
  const { status, stdout } = spawnSync(script('docker-engine'), ['start', '--while', String(process.pid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
  });
  if (status !== 0) throw new Error('the Docker engine did not start');
  for (const [, name, value] of stdout.matchAll(/^export (\w+)=(.*)$/gm)) process.env[name] = value;
}

/** Both images under this tag, and the broker's. Whether it worked. */
export const buildImages = (tag) =>
  execute(script('base-images'), [base, 'eclipse-mosquitto:2']) === 0 &&
  execute(process.execPath, [join(root, 'tools/images.mjs'), '--tag', tag]) === 0;
