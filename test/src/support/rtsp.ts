import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { until } from './until.js';

/**
 * A small RTSP server (RFC 2326): ffmpeg makes the RTP packets, which go out within the connection. `folder` is for the
 * description.
 */
export async function startRtsp(folder: string) {
  const packets = createSocket('udp4').bind(0, '127.0.0.1');
  await once(packets, 'listening');
  const scene = ['-re', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=10', '-c:v', 'mpeg4', '-g', '5'];
  const target = `rtp://127.0.0.1:${packets.address().port}`;
  const encoder = spawn(
    'ffmpeg',
    ['-nostdin', '-loglevel', 'error', ...scene, '-f', 'rtp', '-sdp_file', join(folder, 'sdp'), target],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  let transport = '';
  const viewers = new Set<Socket>();
  packets.on('message', (packet) => {
    const frame = Buffer.from([0x24, 0, packet.length >> 8, packet.length & 255]);
    for (const viewer of viewers) viewer.write(Buffer.concat([frame, packet]));
  });
  const description = async () => {
    await until(
      'ffmpeg has described its stream',
      async () => (await readFile(join(folder, 'sdp')).catch(() => '')).length > 0,
    );
    // the port of a stream within the connection is 0
    return (await readFile(join(folder, 'sdp'), 'utf8'))
      .replace(/^m=video \d+/m, 'm=video 0')
      .replace(/^SDP:\n/, '');
  };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('close', () => viewers.delete(socket));
    socket.on('data', async (data) => {
      const [line = '', ...headers] = data.toString('latin1').split('\r\n');
      const method = line.split(' ')[0];
      const header = (name: string) =>
        headers.find((text) => text.startsWith(`${name}: `))?.slice(name.length + 2);
      if (header('CSeq') === undefined) return;
      if (method === 'SETUP') transport = header('Transport') ?? '';
      const body = method === 'DESCRIBE' ? await description() : '';
      const extra = {
        DESCRIBE: `Content-Type: application/sdp\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`,
        SETUP: 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n',
      };
      const more = method === 'DESCRIBE' || method === 'SETUP' ? extra[method] : '';
      socket.write(`RTSP/1.0 200 OK\r\nCSeq: ${header('CSeq')}\r\nSession: 1\r\n${more}\r\n${body}`);
      if (method === 'PLAY') viewers.add(socket);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    transport: () => transport,
    close() {
      encoder.kill('SIGKILL');
      packets.close();
      server.close();
      for (const viewer of viewers) viewer.destroy();
    },
  };
}
