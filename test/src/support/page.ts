import type { Hello, Update } from '@facepipe/view';
import { WebSocket } from 'ws';
import type { Program } from './program.js';
import { until } from './until.js';

/** Where a program says that its page is. */
export async function addressOf(program: Program): Promise<string> {
  const [, url = ''] = /see it happen at (http:\S+)/.exec(await program.line(/see it happen at/)) ?? [];
  return url;
}

/** What the server tells a page, put together as the page does it. */
export interface Watched {
  hello: Hello | undefined;
  state: Required<Pick<Update, 'devices' | 'pictures' | 'visits' | 'hops' | 'problems'>>;
  /** Frames that came. */
  frames: number;
  /** From now on nothing is read. */
  pause(): void;
  close(): void;
}

const keys = {
  devices: 'device',
  pictures: 'id',
  visits: 'visit',
  hops: 'hop',
  problems: 'problem',
} as const;

/** Looks as a page does, without a browser. */
export async function watch(url: string, frames = false): Promise<Watched> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}stream`);
  const parts = Object.fromEntries(Object.keys(keys).map((part) => [part, new Map<unknown, unknown>()]));
  const watched: Watched = {
    hello: undefined,
    frames: 0,
    get state() {
      const lists = Object.entries(parts).map(([part, entries]) => [part, [...entries.values()]]);
      return Object.fromEntries(lists) as Watched['state'];
    },
    pause: () => socket.pause(),
    close: () => socket.terminate(),
  };
  const draw = (number: number) => socket.send(JSON.stringify({ type: 'drawn', number }));
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      watched.frames++;
      const head = data.subarray(4, 4 + data.readUInt32BE(0));
      draw((JSON.parse(String(head)) as { number: number }).number);
      return;
    }
    const message = JSON.parse(String(data)) as Hello | Update;
    if (message.type === 'hello') watched.hello = message;
    else
      for (const [part, key] of Object.entries(keys))
        for (const entry of (message[part as keyof typeof keys] ?? []) as unknown as Record<
          string,
          unknown
        >[])
          parts[part]?.set(entry[key], entry);
  });
  socket.on('open', () => socket.send(JSON.stringify({ type: 'watch', frames, rejected: true })));
  await until('the page is told who is there', () => watched.hello !== undefined);
  return watched;
}
