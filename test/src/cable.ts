import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Direction = 'toServer' | 'toClient';

/** A TCP connection that can be cut, as a field's network cuts it: what one side sent is gone, and neither knows. */
export interface Cable {
  readonly port: number;
  /** Bytes that arrived from each side since the last `withhold`. */
  readonly arrived: Readonly<Record<Direction, number>>;
  /** From now on bytes in this direction disappear. */
  withhold(direction: Direction): void;
  /** Breaks every connection and passes everything again. */
  cut(): void;
  close(): Promise<void>;
}

export async function startCable(targetPort: number): Promise<Cable> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const arrived = { toServer: 0, toClient: 0 };
  let withheld: Direction | undefined;
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    const pair = [client, target] as const;
    pairs.add(pair);
    const pass = (direction: Direction, to: Socket) => (chunk: Buffer) => {
      arrived[direction] += chunk.length;
      if (withheld !== direction) to.write(chunk);
    };
    client.on('data', pass('toServer', target));
    target.on('data', pass('toClient', client));
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        for (const end of pair) end.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    withheld = undefined;
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    arrived,
    withhold: (direction) => {
      withheld = direction;
      arrived.toServer = 0;
      arrived.toClient = 0;
    },
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
