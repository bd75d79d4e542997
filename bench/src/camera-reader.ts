// node camera-reader.js ours|ffmpeg DEVICE YUYV|MJPG WIDTH HEIGHT: takes frames for ever and prints, for each, its
// code, the time it was in hand and the processor time so far, both in milliseconds.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { openSource } from '../../packages/edge/dist/source/open.js';
import { codeOf } from './camera-code.js';

const [reader, device = '', format, width = 0, height = 0] = process.argv
  .slice(2)
  .map((argument) => (/^\d+$/.test(argument) ? Number(argument) : argument)) as [
  string,
  string,
  string,
  number,
  number,
];

/** Of this process and, where there is one, of the child that reads for it. */
function processorTime(child?: number): number {
  const { user, system } = process.cpuUsage();
  if (child === undefined) return (user + system) / 1000;
  const fields = readFileSync(`/proc/${child}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
  // in hundredths of a second
  return (user + system) / 1000 + 10 * (Number(fields[11]) + Number(fields[12]));
}

function report(data: Uint8Array, step: number, child?: number): void {
  process.stdout.write(`${codeOf(data, width, step)} ${Date.now()} ${processorTime(child).toFixed(1)}\n`);
}

if (reader === 'ours') {
  const source = await openSource(`v4l2:${device}`, { width, height });
  for await (const { data } of source.frames(new AbortController().signal)) {
    report(data, data.length / (width * height));
  }
} else {
  const step = format === 'MJPG' ? 3 : 2;
  const input = ['-f', 'v4l2', '-input_format', format === 'MJPG' ? 'mjpeg' : 'yuyv422'];
  const size = ['-video_size', `${width}x${height}`, '-i', device];
  const output =
    format === 'MJPG' ? ['-pix_fmt', 'rgb24', '-f', 'rawvideo'] : ['-c', 'copy', '-f', 'rawvideo'];
  const ffmpeg = spawn('ffmpeg', ['-nostdin', '-loglevel', 'error', ...input, ...size, ...output, '-'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('SIGTERM', () => ffmpeg.kill('SIGKILL') && process.exit());
  const frame = Buffer.alloc(width * height * step);
  let filled = 0;
  ffmpeg.stdout.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.copy(frame, filled, at);
      at += taken;
      filled += taken;
      if (filled < frame.length) continue;
      report(frame, step, ffmpeg.pid);
      filled = 0;
    }
  });
}
