import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Place, Runtime } from './runtime.js';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
const projects = join(root, 'test/runtimes');
const execute = promisify(execFile);
/** As from a shell: what npm tells its scripts, such as its folder, would lead an npm within them astray. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

async function run(folder: string, command: string, args: string[]): Promise<string> {
  try {
    const options = { cwd: folder, env, encoding: 'utf8', timeout: 400_000, maxBuffer: 2 ** 26 } as const;
    return (await execute(command, args, options)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ').slice(0, 200)} failed:\n${stdout}\n${stderr}`, {
      cause: error,
    });
  }
}

/** What all runtimes need: the package as npm packs it, and the photograph in the forms that they read. */
export interface Kit {
  folder: string;
  tarball: string;
  /** of the tarball */
  bytes: number;
  inputs: { rgba: string; width: number; height: number; xml: string };
}

export async function makeKit(): Promise<Kit> {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-runtimes-'));
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const packed = await run(join(root, 'packages/core'), 'npm', pack);
  // an array, or an object by package name, as npm's version has it
  const [{ filename, size } = { filename: '', size: 0 }] = Object.values(
    JSON.parse(packed) as { filename: string; size: number }[],
  );
  const photo = join(root, 'packages/edge/photos/astronaut.png');
  const cascade = join(root, 'models/lbpcascade_frontalface_improved.xml');
  mkdirSync(join(folder, 'inputs'));
  cpSync(photo, join(folder, 'inputs/photo.png'));
  cpSync(cascade, join(folder, 'inputs/cascade.xml'));
  const { data, info } = await sharp(photo).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const inputs = { rgba: data.toString('base64'), width, height, xml: readFileSync(cascade, 'utf8') };
  writeFileSync(join(folder, 'inputs.json'), JSON.stringify(inputs));
  return { folder, tarball: join(folder, filename), bytes: size, inputs };
}

/** A new folder for a runtime, with everything installed. */
export async function makePlace({ folder: shared, tarball }: Kit, { project, tools }: Runtime) {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-runtime-'));
  const works: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 })];
  const end = async (): Promise<void> => {
    for (const work of works.reverse()) await work();
  };
  const place: Place = {
    folder,
    inputs: shared,
    sent: join(shared, 'inputs.json'),
    run: (command, ...args) => run(folder, command, args),
    after: (work) => works.push(work),
  };
  try {
    for (const name of ['shared', ...project]) cpSync(join(projects, name), folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    const wanted = Object.entries(tools).map(([name, version]) => `${name}@${version}`);
    await place.run('npm', 'install', '--ignore-scripts', '--no-fund', '--no-audit', ...wanted, tarball);
    // as long as they ran, they were what was asked for
    for (const [name, version] of Object.entries(tools)) {
      const file = join(folder, 'node_modules', name, 'package.json');
      const found = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : 'none';
      if (found !== version) throw new Error(`${name} is ${found} instead of ${version}`);
    }
    return { place, end };
  } catch (error) {
    await end();
    throw error;
  }
}
