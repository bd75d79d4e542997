import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate, type IConnectPacket, type Packet, parser } from 'mqtt-packet';

/** A client that says exactly what it is told to, and answers nothing by itself. */
export class RawClient {
  readonly socket: Socket;
  readonly packets: Packet[] = [];
  #wake: () => void = () => {};

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('error', () => {});
    this.socket.on('close', () => this.#wake());
    const reader = parser({ protocolVersion: 4 });
    reader.on('packet', (packet: Packet) => {
      this.packets.push(packet);
      this.#wake();
    });
    this.socket.on('data', (chunk) => reader.parse(chunk));
  }

  /** Connects and returns CONNACK; without a client id as a clean session. */
  static async connect(port: number, options: Partial<IConnectPacket> = {}): Promise<RawClient> {
    const client = new RawClient(port);
    client.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId: '',
      clean: true,
      keepalive: 0,
      ...options,
    });
    await client.next('connack');
    return client;
  }

  get closed(): boolean {
    return this.socket.closed;
  }

  send(...packets: Packet[]): void {
    this.socket.write(Buffer.concat(packets.map((packet) => generate(packet))));
  }

  /** Takes the first packet of this kind that has come or comes. */
  async next<const C extends Packet['cmd']>(cmd: C): Promise<Packet & { cmd: C }> {
    for (;;) {
      const at = this.packets.findIndex((packet) => packet.cmd === cmd);
      const [found] = at < 0 ? [] : this.packets.splice(at, 1);
      if (found) return found as Packet & { cmd: C };
      if (this.closed) throw new Error(`hung up on while waiting for ${cmd}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async subscribe(topic: string, qos: 0 | 1 | 2): Promise<number> {
    this.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos }] });
    const { granted } = await this.next('suback');
    return Number(granted[0]);
  }

  publish(topic: string, payload: Buffer | string, messageId = 1, retain = false): void {
    this.send({ cmd: 'publish', topic, payload, qos: 1, messageId, retain, dup: false });
  }

  /** Publishes with QoS 1 and waits for the acknowledgement. */
  async acknowledged(topic: string, payload: Buffer | string, retain = false): Promise<void> {
    this.publish(topic, payload, 1, retain);
    await this.next('puback');
  }

  async hungUp(): Promise<void> {
    if (!this.closed) await once(this.socket, 'close');
  }

  /** Breaks the connection. */
  async leave(): Promise<void> {
    this.socket.destroy();
    await this.hungUp();
  }
}
