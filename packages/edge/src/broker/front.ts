import { Aedes, type AedesOptions, type Client, type PublishPacket } from 'aedes';

type Done = (error?: Error) => void;
type Publish = (packet: PublishPacket, client: Client | null, done: Done) => void;

export interface FrontOptions extends AedesOptions {
  /** A message of QoS 2 was published, or could not be. */
  settleIncoming(client: Client, packet: PublishPacket, published: boolean): Promise<void>;
}

/**
 * Aedes that acknowledges a publish when it is written down. By itself it sends PUBACK first, so that a kill of the
 * process loses what was acknowledged (`lib/handlers/publish.js` of 1.2.0).
 */
export class Front extends Aedes {
  readonly #settle: FrontOptions['settleIncoming'];
  readonly #published = new WeakSet<PublishPacket>();

  constructor({ settleIncoming, ...options }: FrontOptions) {
    super(options);
    this.#settle = settleIncoming;
    const { authorizePublish } = this;
    // the last thing that happens before PUBACK
    this.authorizePublish = (client, packet, done) =>
      authorizePublish.call(this, client, packet, (error) => {
        if (error || packet.qos !== 1) done(error);
        else
          this.#publish(packet, client, (failure) => {
            if (!failure) this.#published.add(packet);
            done(failure);
          });
      });
  }

  /** Aedes calls it with a client, which its types do not know. */
  override publish(packet: PublishPacket, ...rest: (Client | Done | null | undefined)[]): void {
    const done = rest.find((one) => typeof one === 'function') ?? (() => {});
    const client = rest.find((one) => typeof one === 'object') ?? null;
    if (this.#published.delete(packet)) done();
    else if (packet.qos !== 2 || !client) this.#publish(packet, client, done);
    else
      this.#publish(packet, client, (error) => {
        this.#settle(client, packet, !error).then(() => done(error), done);
      });
  }

  #publish(packet: PublishPacket, client: Client | null, done: Done): void {
    (super.publish as unknown as Publish).call(this, packet, client, done);
  }
}
