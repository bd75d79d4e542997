import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from './brokers.js';

/** A program that serves a moving picture; it can be killed, stopped and started again on its port. */
interface CameraServer {
  readonly url: string;
  start(): Promise<void>;
  send(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
}

export interface CameraKind {
  readonly name: string;
  /** Why it cannot run here. */
  readonly missing: string | undefined;
  open(): Promise<CameraServer>;
}

const works = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const ffmpegMissing = works('ffmpeg', '-version')
  ? undefined
  : 'ffmpeg is not installed: apt-get install ffmpeg';
const python = '/usr/bin/python3';
const gstreamerMissing = works(
  python,
  '-c',
  'import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import GstRtspServer',
)
  ? undefined
  : 'GStreamer’s RTSP server is not installed: apt-get install python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good';

const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** @param says that it prints a line once it is ready */
function serve(url: string, program: string, args: readonly string[], says = false): CameraServer {
  let child: ChildProcess | undefined;
  return {
    url,
    start: async () => {
      const started = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      child = started;
      children.add(started);
      started.once('exit', () => children.delete(started));
      if (says) await once(started.stdout, 'data');
    },
    send: async (signal) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      if (signal === 'SIGKILL') await once(child, 'exit');
    },
  };
}

const quiet = ['-nostdin', '-loglevel', 'fatal'];
const picture = ['-re', '-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25'];

/** What a network camera can be. */
export const cameraKinds: readonly CameraKind[] = [
  {
    name: 'MPEG-TS over HTTP',
    missing: ffmpegMissing,
    open: async () => {
      const url = `http://127.0.0.1:${await freePort()}/camera`;
      const codec = ['-c:v', 'mpeg2video', '-g', '5', '-f', 'mpegts', '-listen', '1'];
      return serve(url, 'ffmpeg', [...quiet, ...picture, ...codec, url]);
    },
  },
  {
    name: 'RTSP',
    missing: ffmpegMissing ?? gstreamerMissing,
    open: async () => {
      const port = await freePort();
      const script = fileURLToPath(new URL('../../rtsp.py', import.meta.url));
      return serve(`rtsp://127.0.0.1:${port}/camera`, python, [script, String(port)], true);
    },
  },
];
