import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A camera on HTTP that gives MJPEG at its pace, over and over. */
export interface PacedCamera {
  url: string;
  /** Pictures that were given so far. */
  readonly given: number;
  close(): void;
}

/** There and back again, so that nothing jumps. @param pictures JPEGs */
export async function openCamera(pictures: readonly Buffer[], fps: number): Promise<PacedCamera> {
  let given = 0;
  const round = [...pictures, ...pictures.slice(1, -1).reverse()];
  const server = createServer(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=next' });
    const start = performance.now();
    for (let i = 0; !response.destroyed; i++) {
      const picture = round[i % round.length] ?? Buffer.alloc(0);
      response.write(`--next\r\ncontent-type: image/jpeg\r\ncontent-length: ${picture.length}\r\n\r\n`);
      response.write(picture);
      response.write('\r\n');
      given++;
      await sleep(Math.max(0, start + ((i + 1) * 1000) / fps - performance.now()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    get given() {
      return given;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
