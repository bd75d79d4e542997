import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Direction = 'toServer' | 'toClient';

/** A TCP connection that can be cut, as a field's network cuts it: what one side sent is gone, and neither knows. */
export interface Cable {
  readonly port: number;
  /** Bytes that arrived from each side since the last `withhold`. */
  readonly arrived: Readonly<Record<Direction, number>>;
  /** From now on bytes in this direction disappear. */
  withhold(direction: Direction): void;
  /** Breaks every connection and refuses new ones until `cut`. */
  unplug(): void;
  /**
   * Every byte arrives `delay` ms late, no more than `rate` bytes a second in either direction; {} makes it fast again.
   */
  slow(by: { delay?: number; rate?: number }): void;
  /** Breaks every connection and passes everything again. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * To a server on this machine's 127.0.0.1; `host` is where the cable is reached, so that containers can be given one.
 */
export async function startCable(targetPort: number, host = '127.0.0.1'): Promise<Cable> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const arrived = { toServer: 0, toClient: 0 };
  const withheld = new Set<Direction>();
  let unplugged = false;
  let [delay, rate] = [0, Number.POSITIVE_INFINITY];
  const server = createServer((client) => {
    if (unplugged) return void client.resetAndDestroy();
    const target = connect(targetPort, '127.0.0.1');
    const pair = [client, target] as const;
    pairs.add(pair);
    const pass = (direction: Direction, from: Socket, to: Socket) => {
      let late: Promise<void> = Promise.resolve();
      let under = 0;
      from.on('data', (chunk) => {
        arrived[direction] += chunk.length;
        if (withheld.has(direction)) return;
        const ms = delay + (chunk.length / rate) * 1000;
        if (ms === 0 && under === 0) return void to.write(chunk);
        under++;
        const due = sleep(ms);
        if (rate !== Number.POSITIVE_INFINITY) {
          from.pause();
          due.then(() => from.resume());
        }
        // one after the other, whatever each one's delay
        late = late.then(async () => {
          await due;
          under--;
          to.write(chunk);
        });
      });
    };
    pass('toServer', client, target);
    pass('toClient', target, client);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        for (const end of pair) end.destroy();
      });
    }
  });
  server.listen(0, host);
  await once(server, 'listening');
  const reset = () => {
    // a reset while the end is on its way fails, and leaves a handle that keeps Node 20 from ending
    for (const socket of [...pairs].flat())
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
  };
  const cut = () => {
    withheld.clear();
    unplugged = false;
    reset();
  };
  return {
    port: (server.address() as AddressInfo).port,
    arrived,
    withhold: (direction) => {
      withheld.add(direction);
      arrived.toServer = 0;
      arrived.toClient = 0;
    },
    unplug: () => {
      unplugged = true;
      reset();
    },
    slow: (by) => {
      ({ delay = 0, rate = Number.POSITIVE_INFINITY } = by);
    },
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
