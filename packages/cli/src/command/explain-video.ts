import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { toRgb } from '@facepipe/core';
import { type Frame, ffmpegVersion, type Source } from '@facepipe/edge/source';
import type { ExplainedFrame } from '@facepipe/edge/visit';
import sharp from 'sharp';
import { cliError, outputError } from '../cli-error.js';
import { drawFates } from '../print/overlay.js';
import { identityOf } from './output.js';

/** Frames from whose times the film's rate is made, at most. */
const rated = 50;
/** Frames a second where there is but one. */
const defaultRate = 25;

/** Frames a second of these times, ms: a pause, which is longer than twice the middle interval, changes nothing. */
export function rateOf(times: readonly number[]): number {
  const steps = times.slice(1).map((time, i) => time - (times[i] ?? time));
  const middle = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  const usual = steps.filter((step) => step >= 0 && step <= 2 * middle);
  const mean = usual.reduce((sum, step) => sum + step, 0) / usual.length;
  return mean > 0 ? Math.min(120, Math.max(0.1, 1000 / mean)) : defaultRate;
}

/** ffmpeg, which takes pictures and writes a film; how by the file's name. */
class Encoder {
  readonly #child: ChildProcess;
  readonly #file: string;
  readonly #ended: Promise<Error | undefined>;
  #said = '';

  constructor(file: string, width: number, height: number, rate: number) {
    this.#file = file;
    const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', rate.toFixed(3)];
    // most encoders want even sides, and players this order of colours
    const output = ['-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2', '-pix_fmt', 'yuv420p', '-y', resolve(file)];
    const args = ['-hide_banner', '-loglevel', 'error', ...input, '-i', 'pipe:0', ...output];
    // a process group of its own: Ctrl-C is for this program, which lets the film be finished
    const detached = process.platform !== 'win32';
    const child = spawn('ffmpeg', args, { stdio: ['pipe', 'ignore', 'pipe'], detached, windowsHide: true });
    child.stdin.on('error', () => {});
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(0, 4096);
    });
    this.#child = child;
    this.#ended = new Promise((done) => {
      child.on('error', done);
      child.on('close', (code) => done(code === 0 ? undefined : this.#failure(code)));
    });
  }

  /** @throws FACEPIPE_E_OUTPUT */
  async write(pixels: Uint8Array): Promise<void> {
    const { stdin } = this.#child;
    if (!stdin || stdin.destroyed) return this.finish();
    if (!stdin.write(pixels)) await Promise.race([once(stdin, 'drain'), this.#ended]);
  }

  /** @throws FACEPIPE_E_OUTPUT */
  async finish(): Promise<void> {
    this.#child.stdin?.end();
    const error = await this.#ended;
    if (error) throw cliError('FACEPIPE_E_OUTPUT', { file: this.#file, reason: error.message }, error);
  }

  /** In ffmpeg's own words: the first of its lines has the cause, the last its consequence. */
  #failure(code: number | null): Error {
    const [first = ''] = this.#said.trim().split('\n');
    const reason = first.replace(/^\[.*?\] /, '').replace(`${resolve(this.#file)}: `, '');
    return new Error(reason.replace(/[.\s]+$/, '') || `ffmpeg ended with exit code ${code}`);
  }
}

/**
 * Whether a film can be written there.
 * @param inputs paths of all that is read
 * @throws FACEPIPE_E_VIDEO where ffmpeg is missing, FACEPIPE_E_FLAG where it would take the place of what is read,
 *   FACEPIPE_E_OUTPUT where its folder cannot be written to
 */
export async function expectVideo(file: string, inputs: readonly string[]): Promise<void> {
  const identity = identityOf(file);
  if (identity !== undefined && inputs.some((input) => identityOf(input) === identity))
    throw cliError('FACEPIPE_E_FLAG', { flag: 'video', expected: 'another file than the clip', value: file });
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw outputError(file, error);
  }
  await ffmpegVersion(file).catch((error: unknown) => {
    throw cliError('FACEPIPE_E_VIDEO', { file }, error);
  });
}

/**
 * The clip with its candidates and their fates drawn in. The clip is read a second time, as far as its frames are
 * explained, so that none has to be kept.
 */
export class FateVideo {
  readonly #file: string;
  readonly #frames: AsyncIterator<Frame>;
  /** Of the first frames, ms. */
  readonly #times: number[] = [];
  #waiting: ExplainedFrame[] = [];
  #encoder: Encoder | undefined;
  #size = { width: 0, height: 0 };
  #start = 0;

  /** @param clip the clip, opened once more */
  constructor(file: string, clip: Source) {
    this.#file = file;
    // a signal ends the clip: what was read of it until then is still drawn
    this.#frames = clip.frames(new AbortController().signal)[Symbol.asyncIterator]();
  }

  /** Takes the time of a frame that was read, ms, and the frames that are explained now. */
  async add(time: number, explained: readonly ExplainedFrame[]): Promise<void> {
    if (this.#times.length < rated) this.#times.push(time);
    this.#waiting.push(...explained);
    if (this.#times.length === rated) await this.#draw();
  }

  /** @throws FACEPIPE_E_OUTPUT */
  async finish(explained: readonly ExplainedFrame[]): Promise<void> {
    this.#waiting.push(...explained);
    try {
      await this.#draw();
    } finally {
      await this.#frames.return?.();
      await this.#encoder?.finish();
    }
  }

  async #draw(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const explained of waiting) {
      const frame = await this.#frameOf(explained.number);
      const { data, width, height } = toRgb(frame);
      if (!this.#encoder) {
        this.#size = { width, height };
        this.#start = explained.captured.getTime();
        this.#encoder = new Encoder(this.#file, width, height, rateOf(this.#times));
      }
      drawFates({ data, width, height }, explained, this.#start);
      await this.#encoder.write(await this.#fitted(data, width, height));
    }
  }

  /** The frame with this number. */
  async #frameOf(number: number): Promise<Frame> {
    for (;;) {
      const { value, done } = await this.#frames.next();
      if (done) break;
      if (value.number === number) return value;
    }
    throw cliError('FACEPIPE_E_OUTPUT', { file: this.#file, reason: 'the clip has changed meanwhile' });
  }

  /** A film has one size: that of its first frame. */
  async #fitted(data: Uint8Array, width: number, height: number): Promise<Uint8Array> {
    const size = this.#size;
    if (width === size.width && height === size.height) return data;
    const picture = sharp(data, { raw: { width, height, channels: 3 } });
    return picture
      .resize({ ...size, fit: 'contain' })
      .raw()
      .toBuffer();
  }
}
