import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy whose every byte arrives `ms / 2` later in either direction: a round trip takes `ms` longer. */
export interface Delay {
  readonly port: number;
  close(): Promise<void>;
}

/** Passes on what comes, in its order, `ms` later. */
function passLate(from: Socket, to: Socket, ms: number): void {
  const late = (act: () => void) => setTimeout(act, ms);
  from.on('data', (chunk) => late(() => to.write(chunk)));
  from.on('end', () => late(() => to.end()));
  from.on('error', () => to.destroy());
  from.on('close', () => late(() => to.destroy()));
}

export async function startDelay(target: { host: string; port: number }, ms: number): Promise<Delay> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ ...target, noDelay: true });
    passLate(client, upstream, ms / 2);
    passLate(upstream, client, ms / 2);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
