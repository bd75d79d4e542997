import { deadFace, deadLetter } from '@facepipe/cloud';
import {
  backoff,
  checkFilter,
  connect,
  decodeReceipt,
  deviceOf,
  encodeReceipt,
  FacepipeError,
  fillTopic,
  type IncomingMessage,
  isRival,
  type Link,
  type LinkOptions,
  matches,
  type OutgoingMessage,
  type QoS,
  type Receipt,
  redact,
  systemClock,
} from '@facepipe/wire';
import { cliError } from '../error.js';

export interface ForwarderOptions {
  from: LinkOptions;
  to: LinkOptions;
  /** Filter of the messages to take. */
  fromTopic: string;
  /** Topic they get at the target; `{device}` is the level that `+` matched. */
  toTopic: string;
  qos: QoS;
  onEvent?: (event: ForwardEvent) => void;
}

export type ForwardEvent =
  | { type: 'forwarded'; topic: string; bytes: number }
  | { type: 'receipt'; topic: string; ids: number }
  /** Told once for a topic, until somebody subscribes to it. */
  | { type: 'unheard'; topic: string; error: Error }
  | { type: 'stray'; topic: string; error: Error }
  | { type: 'retry'; side: 'from' | 'to'; attempt: number; error: Error }
  | { type: 'dead'; topic: string; reason: string; heard: boolean }
  /** `lasting` where it takes somebody to mend it. */
  | { type: 'online' | 'offline'; side: 'from' | 'to'; reason?: string; lasting?: boolean };

export interface ForwardTotals {
  received: number;
  forwarded: number;
  receipts: number;
  dead: number;
}

export interface Forwarder {
  readonly totals: ForwardTotals;
  readonly connected: Readonly<Record<'from' | 'to', boolean>>;
  /** See Link.contention. */
  readonly contention: FacepipeError | undefined;
  /** Resolves when a link gave up for good. */
  readonly ended: Promise<FacepipeError>;
  stop(): Promise<void>;
}

const drainTimeout = 8000;
/** Stands for the device in the topic of a dead letter whose own topic names none. */
const nobody = '_';

const has = (error: unknown, code: string): error is FacepipeError =>
  error instanceof FacepipeError && error.code === code;
/** What the target can never take, by the reason of its dead letter. */
const impassable: Record<string, string> = {
  FACEPIPE_E_FORWARD_DEVICE: 'device-missing',
  FACEPIPE_E_TOO_LARGE: 'too-large',
  FACEPIPE_E_TOPIC: 'topic-invalid',
  FACEPIPE_E_PROPERTY: 'property-invalid',
  FACEPIPE_E_UNCLAIMED: 'unclaimed',
};
const isImpassable = (error: unknown): error is FacepipeError =>
  error instanceof FacepipeError && error.code in impassable;
/** Faces go on without receipts where the target's access rules keep them from us. */
const isRefused = (error: unknown): error is FacepipeError => has(error, 'FACEPIPE_E_SUBSCRIBE_REFUSED');

/** @throws FACEPIPE_E_FILTER, FACEPIPE_E_TOPIC, FACEPIPE_E_FORWARD_FILTER, FACEPIPE_E_FORWARD_LOOP */
function checkRoute({ from, to, fromTopic, toTopic }: ForwarderOptions): void {
  checkFilter(fromTopic);
  if (!fromTopic.split('/').includes('+')) throw cliError('FACEPIPE_E_FORWARD_FILTER', { topic: fromTopic });
  const target = fillTopic(toTopic, { device: 'device' });
  if (redact(from.url) === redact(to.url) && matches(fromTopic, target)) {
    throw cliError('FACEPIPE_E_FORWARD_LOOP', { from: fromTopic, to: toTopic });
  }
}

/**
 * Carries messages from one broker to another; each is acknowledged at its source once its target has acknowledged
 * it. Receipts (`facepipe/{device}/stored`) of the devices that were forwarded are carried back the same way.
 */
export async function startForwarder(options: ForwarderOptions, signal: AbortSignal): Promise<Forwarder> {
  checkRoute(options);
  const { fromTopic, toTopic, qos, onEvent } = options;
  const totals: ForwardTotals = { received: 0, forwarded: 0, receipts: 0, dead: 0 };
  const stopping = new AbortController();
  const subscribed = new Map<string, Promise<void>>();
  const unheard = new Set<string>();
  const strays = new Set<'from' | 'to'>();
  const receiptTopic = (device: string) => `facepipe/${device}/stored`;
  const letterTopic = (device: string) => `facepipe/${device}/dead`;

  const open = (side: 'from' | 'to', link: LinkOptions) =>
    connect(
      {
        ...link,
        clean: false,
        onConnect: () => onEvent?.({ type: 'online', side }),
        onDisconnect: (reason) =>
          onEvent?.({ type: 'offline', side, reason: reason.message, lasting: isRival(reason) }),
        onUnclaimed: (message, error) => takeUnclaimed(side, message, error),
      },
      signal,
    );

  /** Until it succeeds: leaving would drop the message, so only the end of the program stops the repetition. */
  async function persist<T>(side: 'from' | 'to', work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        if (isImpassable(error) || isRefused(error) || stopping.signal.aborted) throw error;
        if (!has(error, 'FACEPIPE_E_FORWARD_UNROUTED')) onEvent?.({ type: 'retry', side, attempt, error });
        await systemClock.sleep(backoff(attempt, Math.random()), stopping.signal);
      }
    }
  }

  const to = await open('to', options.to);
  let from: Link;
  try {
    from = await open('from', options.from);
  } catch (error) {
    await to.close();
    throw error;
  }

  async function sendReceipt(topic: string, receipt: Receipt): Promise<void> {
    const payload = encodeReceipt(receipt);
    await persist('from', () => from.publish({ topic, payload, qos: 1, contentType: 'application/json' }));
  }

  async function carryReceipt({ topic, payload }: IncomingMessage): Promise<void> {
    let receipt: Receipt;
    try {
      receipt = decodeReceipt(payload);
    } catch (error) {
      if (error instanceof FacepipeError) onEvent?.({ type: 'stray', topic, error });
      return;
    }
    // both sides may be one broker under two names
    if (receipt.via.includes(to.clientId)) return;
    await sendReceipt(topic, { ...receipt, via: [...receipt.via, to.clientId] });
    totals.receipts += receipt.ids.length;
    onEvent?.({ type: 'receipt', topic, ids: receipt.ids.length });
  }

  /** Before a device's first face goes out, so that no receipt can be missed. */
  function watchReceipts(device: string): Promise<void> {
    const known = subscribed.get(device);
    if (known) return known;
    // only the receipts of what passes here: a fleet's would be too many; `claim` below has the handler
    const done = persist('to', () => to.subscribe(receiptTopic(device), async () => {})).catch((error) => {
      if (!isRefused(error)) throw error;
      onEvent?.({ type: 'stray', topic: receiptTopic(device), error });
    });
    subscribed.set(device, done);
    done.catch(() => subscribed.delete(device));
    return done;
  }

  async function bury(message: IncomingMessage, error: FacepipeError): Promise<void> {
    const reason = impassable[error.code] ?? error.code;
    // what is unclaimed is a copy: its device may still have it stored, and its topic is nobody's
    const stray = has(error, 'FACEPIPE_E_UNCLAIMED');
    const device = stray ? undefined : deviceOf(fromTopic, message.topic);
    const topic = fillTopic(letterTopic('{device}'), { device: device ?? nobody });
    const dead = await deadFace(message, device, reason);
    const letter = deadLetter(topic, message, reason, error.message, { ...(dead && { id: dead.id }) });
    const { routed } = await persist('from', () => from.publish(letter));
    totals.dead++;
    if (device !== undefined && dead) {
      await sendReceipt(receiptTopic(device), { ids: [], dead: [dead], via: [to.clientId] });
    }
    onEvent?.({ type: 'dead', topic: message.topic, reason, heard: routed });
  }

  /**
   * What a session holds and nobody here asked for: an earlier run did, or somebody else under its client id. The source's
   * is kept as a dead letter; what the forwarder itself sends comes back for ever if it is, and is dropped as the target's.
   */
  async function takeUnclaimed(
    side: 'from' | 'to',
    message: IncomingMessage,
    error: FacepipeError,
  ): Promise<void> {
    const { topic } = message;
    const own = [receiptTopic('+'), letterTopic('+')].some((filter) => matches(filter, topic));
    if (side === 'from' && !own) {
      totals.received++;
      return bury(message, error);
    }
    if (!strays.has(side)) onEvent?.({ type: 'stray', topic, error });
    strays.add(side);
  }

  /** A broker discards what nobody subscribes to, and says so with its acknowledgement (MQTT 5): that is no delivery. */
  async function send(outgoing: OutgoingMessage): Promise<void> {
    const { topic } = outgoing;
    if ((await to.publish(outgoing)).routed) return void unheard.delete(topic);
    const error = cliError('FACEPIPE_E_FORWARD_UNROUTED', { topic, broker: to.url });
    if (!unheard.has(topic)) onEvent?.({ type: 'unheard', topic, error });
    unheard.add(topic);
    throw error;
  }

  async function carry(message: IncomingMessage): Promise<void> {
    totals.received++;
    try {
      const device = deviceOf(fromTopic, message.topic);
      if (device === undefined) throw cliError('FACEPIPE_E_FORWARD_DEVICE', { topic: message.topic });
      const topic = fillTopic(toTopic, { device });
      await watchReceipts(device);
      const { payload, contentType, userProperties } = message;
      const outgoing = { topic, payload, qos, userProperties, ...(contentType && { contentType }) };
      await persist('to', () => send(outgoing));
      totals.forwarded++;
      onEvent?.({ type: 'forwarded', topic, bytes: payload.length });
    } catch (error) {
      if (!isImpassable(error)) throw error;
      await bury(message, error);
    }
  }

  // of devices that an earlier run forwarded, too: their queue is in the session
  to.claim(receiptTopic('+'), carryReceipt);
  try {
    await from.subscribe(fromTopic, carry, { qos: 1 });
  } catch (error) {
    await Promise.all([from.close(), to.close()]);
    throw error;
  }

  return {
    totals,
    get connected() {
      return { from: from.connected, to: to.connected };
    },
    get contention() {
      return from.contention ?? to.contention;
    },
    ended: Promise.race([from.ended, to.ended]),
    stop: async () => {
      // the source first: its handlers may still need the target
      const patience = systemClock.sleep(drainTimeout, stopping.signal).then(() => stopping.abort());
      await from.close({ timeout: drainTimeout });
      stopping.abort();
      await Promise.all([patience, to.close({ timeout: 1000 })]);
    },
  };
}
