import type { Hello, Request, Update } from '../../src/protocol.js';
import { retryAfter } from '../state/retry.js';
import type { Frames } from './frames.js';
import { readSession } from './session.js';
import type { Store } from './store.js';

/** A hidden tab lets go of its connection after this time, ms. */
const restAfter = 30_000;
/** A server that says nothing for this long is asked again, ms: at first, and later, when it does every 15 s. */
const silence = { first: 10_000, later: 40_000 };

export interface Connection {
  /** Which frames are wanted; told again to each new connection. */
  watch(frames: boolean, rejected: boolean): void;
  /** At once, in place of waiting for the next try. */
  retry(): void;
}

/** Keeps one WebSocket to the server while somebody looks, and tells the store and the frames what it says. */
export function connect(store: Store, frames: Frames): Connection {
  let socket: WebSocket | undefined;
  let failures = 0;
  let timer: number | undefined;
  let resting: number | undefined;
  let wanted = { frames: false, rejected: false };

  const say = (request: Request): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(request));
  };
  const sayWatch = (): void => {
    say({ type: 'watch', frames: wanted.frames && !document.hidden, rejected: wanted.rejected });
  };

  function lost(): void {
    const wait = retryAfter(failures++);
    store.dispatch({ type: 'connection', connection: { phase: 'lost', retryAt: Date.now() + wait } });
    timer = window.setTimeout(open, wait);
  }

  async function open(): Promise<void> {
    window.clearTimeout(timer);
    try {
      const { needed, signedIn } = await readSession();
      store.dispatch({ type: 'session', canSignOut: needed && signedIn });
      if (needed && !signedIn) {
        store.dispatch({ type: 'connection', connection: { phase: 'signed-out' } });
        return;
      }
    } catch {
      lost();
      return;
    }
    const address = new URL('stream', document.baseURI);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const opened = new WebSocket(address);
    opened.binaryType = 'arraybuffer';
    socket = opened;
    let late = window.setTimeout(() => opened.close(), silence.first);
    opened.onmessage = async ({ data }: MessageEvent<string | ArrayBuffer>) => {
      window.clearTimeout(late);
      late = window.setTimeout(() => opened.close(), silence.later);
      if (typeof data !== 'string') {
        const number = await frames.take(data);
        if (number !== undefined && opened === socket) say({ type: 'drawn', number });
        return;
      }
      const message = JSON.parse(data) as Hello | Update;
      store.dispatch({ type: 'message', message, at: Date.now() });
      if (message.type !== 'hello') return;
      failures = 0;
      sayWatch();
    };
    opened.onclose = () => {
      window.clearTimeout(late);
      if (socket !== opened) return;
      socket = undefined;
      lost();
    };
  }

  function rest(): void {
    window.clearTimeout(timer);
    const opened = socket;
    socket = undefined;
    opened?.close();
    store.dispatch({ type: 'connection', connection: { phase: 'resting' } });
  }

  document.addEventListener('visibilitychange', () => {
    window.clearTimeout(resting);
    sayWatch();
    if (document.hidden) resting = window.setTimeout(rest, restAfter);
    else if (store.state().connection.phase === 'resting') void open();
  });
  void open();

  return {
    watch(wantsFrames, rejected) {
      if (wanted.frames === wantsFrames && wanted.rejected === rejected) return;
      wanted = { frames: wantsFrames, rejected };
      sayWatch();
    },
    retry() {
      if (!socket) void open();
    },
  };
}
