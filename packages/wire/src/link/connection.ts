import { deferred, type FacepipeError } from '@facepipe/service';
import type { connect, IConnackPacket, IPublishPacket, MqttClient } from 'mqtt';
import { wireError } from '../errors.js';
import type { IncomingMessage, OutgoingMessage, QoS } from '../message/message.js';
import { Acknowledgements, type Ticket } from './acknowledgements.js';
import { type BoundPackets, boundPackets } from './bound-packets.js';
import type { Broker } from './broker-url.js';
import { incoming } from './incoming.js';
import { clientOptions, type Login, propertiesOf } from './login.js';
import { knowPacketTooLarge } from './packet-codes.js';
import { PacketIds } from './packet-ids.js';
import { fillPacketLengths } from './packet-lengths.js';
import { disconnectReason, type Failure } from './refusal.js';

/** Who takes what a connection receives. */
export interface Receiver {
  /** The promise is the acknowledgement. Undefined: not taken, and neither must be any later one of this connection. */
  receive(message: IncomingMessage): Promise<void> | undefined;
  /** A message larger than was announced came, `size` bytes; it is acknowledged, and its payload was not read. */
  passedOver(topic: string, size: number): void;
  /** A promise of `receive` was settled, and its acknowledgement sent. */
  settled(): void;
}

/** What became of a message: taken by the broker, or refused with a reason code (MQTT 5, 3.4.2.1). */
export type Outcome = { routed: boolean } | { refused: number };

/**
 * Private API of MQTT.js, the one way to acknowledge later than handleMessage returns; pinned by the tests of the link.
 */
const sendPacket = '_sendPacket';

type Start = typeof connect;
/** Makes MQTT.js skip its own PUBACK or PUBREC. */
const later = new Error('acknowledged later');
/** How long a broker may take to close its side after DISCONNECT, in milliseconds. */
const defaultCloseTimeout = 1000;

/** One network connection, from CONNECT to its end; it never connects again. The only user of MQTT.js. */
export class Connection {
  readonly protocolVersion: 4 | 5;
  /** Resolves with the reason when the connection is gone. */
  readonly lost: Promise<FacepipeError>;
  /** A message was not taken and is still the broker's. */
  skipped = false;

  readonly #broker: Broker;
  readonly #client: MqttClient;
  readonly #receiver: Receiver;
  readonly #ids = new PacketIds();
  readonly #owed = new Acknowledgements();
  /** Packet ids the broker answered with "no matching subscribers". */
  readonly #unrouted = new Set<number>();
  readonly #bound: BoundPackets;
  readonly #gone = deferred<FacepipeError>();
  readonly #opened = deferred<Failure | undefined>();
  #open = true;
  #connack: IConnackPacket | undefined;
  #reason: FacepipeError | undefined;
  #error: Error | undefined;

  /** Connects and logs in. Resolves with the failure if that fails. @throws signal.reason when aborted */
  static async open(
    broker: Broker,
    login: Login,
    version: 4 | 5,
    receiver: Receiver,
    signal?: AbortSignal,
  ): Promise<Connection | Failure> {
    // loaded here, as what answers at once and connects to nothing need not wait for it
    const mqtt = await import('mqtt');
    signal?.throwIfAborted();
    let connection: Connection;
    try {
      connection = new Connection(mqtt.connect, broker, login, version, receiver);
    } catch (error) {
      // Node reads certificates and keys at once, and MQTT.js lets that through.
      return { error };
    }
    const abort = () => connection.#opened.resolve({ silent: true });
    signal?.addEventListener('abort', abort, { once: true });
    const failure = await connection.#opened.promise;
    signal?.removeEventListener('abort', abort);
    if (!failure) return connection;
    connection.drop(wireError('FACEPIPE_E_LINK_CLOSED', { broker: broker.name }));
    signal?.throwIfAborted();
    return failure;
  }

  private constructor(start: Start, broker: Broker, login: Login, version: 4 | 5, receiver: Receiver) {
    this.#broker = broker;
    this.#receiver = receiver;
    this.protocolVersion = version;
    // called, not imported for their effect: bundlers leave such imports out
    knowPacketTooLarge();
    fillPacketLengths();
    this.lost = this.#gone.promise;
    this.#client = start({
      ...clientOptions(broker, login, version),
      messageIdProvider: this.#ids,
      manualConnect: true,
    });
    this.#bound = boundPackets(this.#client, login.maximumPacketSize, (error) => this.#fail(error));
    this.#client.handleMessage = (packet, done) => {
      this.#receive(packet);
      if (packet.qos === 1) done(later);
      else done();
    };
    // QoS 2 gets to handleMessage only after its PUBREC, when the broker has let go of it. It is never asked for, but
    // Aedes 1.2.0 sends it to a subscription of QoS 1 with a wildcard. (The constructor takes this for MQTT 5 only.)
    this.#client.options.customHandleAcks = (_topic, _payload, packet, done) => {
      if (packet.qos !== 2) return done(0);
      this.#receive(packet);
      done(later);
    };
    this.#client.on('connect', (packet) => {
      this.#connack = packet;
      this.#opened.resolve(undefined);
    });
    // The callback of a publish gets the message back, not the answer.
    this.#client.on('packetreceive', (packet) => {
      const unrouted = packet.cmd === 'puback' && packet.reasonCode === 16;
      if (unrouted && packet.messageId) this.#unrouted.add(packet.messageId);
    });
    this.#client.on('disconnect', ({ reasonCode = 0 }) => {
      this.#reason ??= disconnectReason(reasonCode, broker.name);
    });
    this.#client.on('error', (error) => {
      if (error !== later) this.#fail(error);
    });
    this.#client.connect();
    // MQTT.js keeps errors without a code (those of WebSockets) to itself.
    this.#client.stream.on('error', (error: Error) => {
      this.#error ??= error;
    });
    this.#client.on('close', () => this.#closed());
  }

  get open(): boolean {
    return this.#open;
  }

  get sessionPresent(): boolean {
    return this.#connack?.sessionPresent ?? false;
  }

  /** Bytes; undefined where the broker announced no limit. */
  get maximumPacketSize(): number | undefined {
    return this.#connack?.properties?.maximumPacketSize;
  }

  /** How many unacknowledged publishes the broker takes. */
  get receiveMaximum(): number {
    return this.#connack?.properties?.receiveMaximum ?? 65535;
  }

  /** Why there are no shared subscriptions, if there are none. */
  get sharedFault(): string | undefined {
    if (this.protocolVersion === 4) return 'it speaks only MQTT 3.1.1';
    return this.#connack?.properties?.sharedSubscriptionAvailable === false ? 'it says so' : undefined;
  }

  /** The broker closed the connection, and gave no reason. */
  get hungUp(): boolean {
    return !this.#open && this.#reason === undefined && this.#error === undefined;
  }

  /** Messages taken on this connection and not acknowledged yet. */
  get owed(): number {
    return this.#owed.size;
  }

  /**
   * Sends a message. `settled` is called once the broker answered (QoS 0: once it was written), and never after a loss.
   * @param again the packet id it had before on this session
   * @returns the packet id; 0 for QoS 0
   */
  send(message: OutgoingMessage, again: number | undefined, settled: (outcome: Outcome) => void): number {
    const { topic, payload, qos = 1, retain = false } = message;
    this.#ids.reserve(again);
    const properties = this.protocolVersion === 5 ? propertiesOf(message) : undefined;
    const options = { qos, retain, dup: again !== undefined, ...(properties ? { properties } : {}) };
    let packetId = 0;
    this.#client.publish(topic, payload, options, (error) => {
      if (!error) settled({ routed: !this.#unrouted.delete(packetId) });
      // Without a reason code it was not the broker that answered, but the connection that went.
      else if ('code' in error && typeof error.code === 'number') settled({ refused: error.code });
    });
    if (qos > 0) packetId = this.#ids.getLastAllocated();
    return packetId;
  }

  /** Stops waiting for the answer to a message, so that MQTT.js keeps no copy. */
  forget(packetId: number): void {
    this.#client.removeOutgoingMessage(packetId);
  }

  /** Resolves with the broker's answer: the granted QoS, or a reason from 128 on; undefined after a loss. */
  subscribe(filter: string, qos: QoS): Promise<number | undefined> {
    return new Promise((resolve) => {
      this.#client.subscribe(filter, { qos }, (_error, _grants, packet) => {
        const granted: unknown = packet?.granted[0];
        resolve(typeof granted === 'number' ? granted : undefined);
      });
    });
  }

  /** Resolves when the broker confirmed, or the connection is lost. */
  unsubscribe(filter: string): Promise<void> {
    return new Promise((resolve) => {
      this.#client.unsubscribe(filter, () => resolve());
    });
  }

  /** Breaks the connection off, without DISCONNECT, so the broker sends the will. */
  drop(reason: FacepipeError): void {
    this.#reason ??= reason;
    this.#open = false;
    this.#client.end(true);
    this.#client.stream.destroy();
  }

  /**
   * Says DISCONNECT: no will, and a persistent session stays. Resolves when the connection is closed.
   * @param closeTimeout milliseconds until it is broken off, which loses acknowledgements that are not read by then
   */
  async end(reason: FacepipeError, closeTimeout = defaultCloseTimeout): Promise<void> {
    const timer = setTimeout(() => this.#client.stream.destroy(), closeTimeout);
    if (this.#open) {
      this.#reason ??= reason;
      this.#open = false;
      // MQTT.js would wait for these answers before it says DISCONNECT.
      for (const id of Object.keys(this.#client.outgoing)) this.forget(Number(id));
      this.#client.end();
    }
    await this.lost;
    clearTimeout(timer);
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#opened.resolve(failureOf(error));
    // Nothing good comes after an error; MQTT.js's parser for one is stuck.
    this.#client.stream.destroy();
  }

  /** Undefined for a message that is all there, and for one that must wait as those before it do. */
  #passOver(packet: IPublishPacket): Promise<void> | undefined {
    const size = this.#bound.sizeOf(packet);
    if (size === undefined || this.skipped) return undefined;
    this.#receiver.passedOver(packet.topic, size);
    return Promise.resolve();
  }

  #receive(packet: IPublishPacket): void {
    if (!this.#open) return;
    const handled = this.#passOver(packet) ?? this.#receiver.receive(incoming(packet));
    const { qos, messageId } = packet;
    const needsAnswer = qos > 0 && messageId !== undefined;
    if (!handled) {
      this.skipped ||= needsAnswer;
      return;
    }
    const ticket = needsAnswer ? this.#owed.arrive(messageId, qos === 2 ? 'pubrec' : 'puback') : undefined;
    handled
      .then(
        () => ticket && this.#acknowledge(ticket),
        (cause: unknown) => ticket && this.drop(this.#unhandled(packet.topic, cause)),
      )
      .finally(() => this.#receiver.settled());
  }

  #acknowledge(ticket: Ticket): void {
    if (!this.#open) return;
    for (const { answer, packetId } of this.#owed.finish(ticket)) {
      this.#client[sendPacket]({ cmd: answer, messageId: packetId, reasonCode: 0 });
    }
  }

  #unhandled(topic: string, cause: unknown): FacepipeError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return wireError('FACEPIPE_E_HANDLER_FAILED', { topic, reason }, cause);
  }

  #closed(): void {
    this.#open = false;
    this.#owed.discard();
    this.#opened.resolve(this.#error ? failureOf(this.#error) : { silent: true });
    const reason = this.#error?.message ?? 'it was closed';
    this.#gone.resolve(
      this.#reason ?? wireError('FACEPIPE_E_BROKER_LOST', { broker: this.#broker.name, reason }, this.#error),
    );
  }
}

function failureOf(error: Error): Failure {
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'number') return { code };
  return code === 'ECONNRESET' || code === 'EPIPE' ? { silent: true } : { error };
}
