import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../support/until.js';

// What guest tests share: the cameras of the guest that test/lab/camera-vm boots, there and nowhere else.

const run = promisify(execFile);

/** Drivers that a test loads by name, with its own parameters; the others are what they need. */
const drivers = new Set(['vivid', 'v4l2loopback', 'uvcvideo', 'dummy_hcd', 'usb_f_uvc']);

const folder = process.env.CAMERA_MODULES ?? '';

function loaded(module: string): boolean {
  return readFileSync('/proc/modules', 'utf8')
    .split('\n')
    .some((line) => line.startsWith(`${module} `));
}

async function insmod(module: string, parameters: readonly string[] = []): Promise<void> {
  if (!loaded(module)) await run('insmod', [join(folder, `${module}.ko`), ...parameters]);
}

/** Loads a driver and what it needs, anew if it was there with other parameters. */
export async function load(driver: string, ...parameters: string[]): Promise<void> {
  if (folder === '') throw new Error('guest tests run in the guest: npm run test:camera');
  for (const file of (await readFile(join(folder, 'order'), 'utf8')).trim().split('\n')) {
    const module = file.replace(/\.ko$/, '').replaceAll('-', '_');
    if (drivers.has(module)) continue;
    if (!loaded(module)) await run('insmod', [join(folder, file)]);
  }
  await unload(driver);
  await insmod(driver, parameters);
}

/** Takes a driver and its devices away; fails while a device is open. */
export async function unload(driver: string): Promise<void> {
  if (loaded(driver)) await run('rmmod', [driver]);
}

export const vivid = '/dev/video0';
export const loop = '/dev/video10';

/** The kernel's test driver as one camera, with a second node for metadata as webcams have one. */
export async function loadVivid(number = 0): Promise<void> {
  await load(
    'vivid',
    'n_devs=1',
    'node_types=0x20001',
    'num_inputs=1',
    'input_types=0',
    `vid_cap_nr=${number}`,
  );
}

export async function loadLoopback(): Promise<void> {
  await load('v4l2loopback', 'video_nr=10,11', 'card_label=loop10,loop11', 'exclusive_caps=0,1');
}

export async function v4l2ctl(device: string, ...args: string[]): Promise<string> {
  return (await run('v4l2-ctl', ['-d', device, ...args])).stdout;
}

/** Writes whole frames into a loopback device. */
export class Feed {
  readonly #device: string;
  readonly #fd: number;

  static async open(
    device: string,
    { format, width, height }: { format: string; width: number; height: number },
  ): Promise<Feed> {
    // the device is to keep the format between v4l2-ctl's end and our first frame
    const wanted = `width=${width},height=${height},pixelformat=${format}`;
    await v4l2ctl(device, `--set-fmt-video-out=${wanted}`, '--set-ctrl=keep_format=1');
    return new Feed(device, openSync(device, 'w'));
  }

  private constructor(device: string, fd: number) {
    this.#device = device;
    this.#fd = fd;
  }

  write(frame: Uint8Array): void {
    writeSync(this.#fd, frame);
  }

  async close(): Promise<void> {
    closeSync(this.#fd);
    await v4l2ctl(this.#device, '--set-ctrl=keep_format=0');
  }
}

/**
 * Plays a file into a loopback device for ever, in time, with its frames as they are; resolves once it can be captured.
 */
export async function play(file: string, device: string): Promise<ChildProcess> {
  const args = [
    '-nostdin',
    '-loglevel',
    'error',
    '-re',
    '-stream_loop',
    '-1',
    '-i',
    file,
    '-c',
    'copy',
    '-f',
    'v4l2',
  ];
  const player = spawn('ffmpeg', [...args, device], { stdio: ['ignore', 'inherit', 'inherit'] });
  process.on('exit', () => player.kill('SIGKILL'));
  const formats = async () => /\[0\]/.test(await v4l2ctl(device, '--list-formats').catch(() => ''));
  await until(`${device} can be captured from`, formats);
  return player;
}

export async function end(player: ChildProcess): Promise<void> {
  player.kill('SIGKILL');
  if (player.exitCode === null && player.signalCode === null) await once(player, 'exit');
}
