import { FacepipeError, timeoutSignal } from '@facepipe/service';
import {
  checkFilter,
  connect,
  decodeFace,
  decodeReceipt,
  deviceOf,
  type IncomingMessage,
  type Link,
  type QoS,
  redact,
  topicFilters,
} from '@facepipe/wire';
import type { CommandOptions } from '../parse/command.js';
import { formatDead, formatFace, formatReceipt } from '../print/line.js';
import { credentials } from './credentials.js';
import { whileServing } from './health-port.js';
import { largestMessage } from './largest-message.js';
import { audit, maxHeldBytes } from './log-audit.js';
import { dropUnclaimed, sayAway } from './rival.js';
import type { Session } from './session.js';
import { untilStopped } from './wait.js';

/** A line for every face and every receipt that passes one broker. */
export class FaceLog {
  /** Faces seen, and faces that receipts named. */
  faces = 0;
  receipts = 0;
  readonly #topic: string;
  #last = Promise.resolve();
  readonly #out: (line: string) => void;
  readonly #log: Session['log'];
  readonly #json: boolean;

  constructor(topic: string, out: (line: string) => void, log: Session['log'], json = false) {
    checkFilter(topic);
    this.#topic = topic;
    this.#out = out;
    this.#log = log;
    this.#json = json;
  }

  async watch(link: Link, qos: QoS): Promise<void> {
    await link.subscribe(this.#topic, (message) => this.#read(message, () => this.#face(message)), { qos });
    await link.subscribe(
      topicFilters.stored,
      (message) => this.#read(message, () => this.#receipt(message)),
      {
        qos,
      },
    );
  }

  async #face(message: IncomingMessage): Promise<void> {
    // how a retained message is cleared: nobody's face
    if (message.payload.length === 0) return;
    const device = deviceOf(this.#topic, message.topic);
    const arrival = await decodeFace(message);
    this.faces++;
    this.#out(formatFace({ ...arrival, ...(device !== undefined && { device }) }, this.#json));
  }

  async #receipt(message: IncomingMessage): Promise<void> {
    const { ids, dead } = decodeReceipt(message.payload);
    this.receipts += ids.length;
    const device = deviceOf(topicFilters.stored, message.topic) ?? '';
    if (ids.length > 0) this.#out(formatReceipt(device, ids, this.#json));
    if (dead.length > 0) this.#out(formatDead(device, dead, this.#json));
  }

  /** One after the other, in the order they came; what cannot be read is named and passed over. */
  #read(message: IncomingMessage, read: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(read).catch((error) => {
      if (!(error instanceof FacepipeError)) throw error;
      this.#log.warn({ code: error.code }, `${JSON.stringify(message.topic)}: ${error.message}`);
    });
    this.#last = turn.catch(() => {});
    return turn;
  }
}

/**
 * Prints one line for every face, and for every stored face, until a signal comes, or compares them. Returns its own
 * exit code.
 */
export async function log(options: CommandOptions<'log'>, session: Session): Promise<number | undefined> {
  if (options.audit) return audit(options, session);
  const { broker, topic, qos, duration } = options;
  const id = options['client-id'];
  const faces = new FaceLog(topic, session.out, session.log, session.json);
  const link = await connect(
    {
      url: broker,
      maxHeld: maxHeldBytes,
      ...(id && { clientId: id }),
      ...credentials(options, '', session.log),
      ...largestMessage(options, session.log),
      onConnect: () => session.log.info(`connected to ${redact(broker)}`),
      onDisconnect: sayAway(session.log),
      onUnclaimed: dropUnclaimed(session.log),
    },
    session.signal,
  );
  session.begin({ drains: 10 });
  try {
    await faces.watch(link, qos);
    const readings = [
      { name: 'log_faces_total', help: 'Faces printed', read: () => faces.faces },
      { name: 'log_receipts_total', help: 'Faces that receipts named', read: () => faces.receipts },
      { name: 'log_connected', help: '1 while connected to the broker', read: () => Number(link.connected) },
    ];
    const ready = () => link.contention?.message ?? (link.connected ? undefined : `${link.url} is offline`);
    const served = { host: options.host, port: options.port, readings, ready, log: session.log };
    const over = duration === undefined ? [] : [timeoutSignal(duration)];
    await whileServing(served, () => untilStopped(AbortSignal.any([session.signal, ...over]), link.ended));
  } finally {
    await link.close();
  }
  return undefined;
}
