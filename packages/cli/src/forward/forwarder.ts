import { deadLetter } from '@facepipe/cloud';
import {
  backoff,
  checkFilter,
  connect,
  deviceOf,
  FacepipeError,
  fillTopic,
  type IncomingMessage,
  type Link,
  type LinkOptions,
  matches,
  type QoS,
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
  | { type: 'forwarded'; topic: string; bytes: number; routed: boolean }
  | { type: 'receipt'; device: string }
  | { type: 'retry'; side: 'from' | 'to'; attempt: number; error: Error }
  | { type: 'dead'; topic: string; reason: string }
  | { type: 'online' | 'offline'; side: 'from' | 'to'; reason?: string };

export interface ForwardTotals {
  received: number;
  forwarded: number;
  receipts: number;
  dead: number;
}

export interface Forwarder {
  readonly totals: ForwardTotals;
  /** Resolves when a link gave up for good. */
  readonly ended: Promise<FacepipeError>;
  stop(): Promise<void>;
}

const drainTimeout = 8000;
const noDevice = '_';

/** @throws FACEPIPE_E_TOPIC, FACEPIPE_E_FORWARD_LOOP */
function checkRoute({ from, to, fromTopic, toTopic }: ForwarderOptions): void {
  checkFilter(fromTopic);
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
  const receiptTopic = (device: string) => fillTopic('facepipe/{device}/stored', { device });

  const open = (side: 'from' | 'to', link: LinkOptions) =>
    connect(
      {
        ...link,
        clean: false,
        onConnect: () => onEvent?.({ type: 'online', side }),
        onDisconnect: (reason) => onEvent?.({ type: 'offline', side, reason: reason.message }),
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
        const fatal = error instanceof FacepipeError && error.code === 'FACEPIPE_E_TOO_LARGE';
        if (fatal || stopping.signal.aborted) throw error;
        onEvent?.({ type: 'retry', side, attempt, error });
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

  async function carryReceipt(device: string, message: IncomingMessage): Promise<void> {
    const { payload, contentType } = message;
    await persist('from', () =>
      from.publish({ topic: receiptTopic(device), payload, qos: 1, ...(contentType && { contentType }) }),
    );
    totals.receipts++;
    onEvent?.({ type: 'receipt', device });
  }

  /** Before a device's first face goes out, so that no receipt can be missed. */
  function watchReceipts(device: string): Promise<void> {
    const known = subscribed.get(device);
    if (known) return known;
    const done = persist('to', () =>
      to.subscribe(receiptTopic(device), (message) => carryReceipt(device, message)),
    );
    subscribed.set(device, done);
    done.catch(() => subscribed.delete(device));
    return done;
  }

  async function bury(message: IncomingMessage, error: FacepipeError): Promise<void> {
    const device = deviceOf(fromTopic, message.topic) ?? noDevice;
    const topic = fillTopic('facepipe/{device}/dead', { device });
    const letter = deadLetter(topic, message, 'too-large', error.message);
    await persist('from', () => from.publish(letter));
    totals.dead++;
    onEvent?.({ type: 'dead', topic: message.topic, reason: 'too-large' });
  }

  async function carry(message: IncomingMessage): Promise<void> {
    totals.received++;
    const device = deviceOf(fromTopic, message.topic) ?? noDevice;
    if (device !== noDevice) await watchReceipts(device);
    const topic = fillTopic(toTopic, { device });
    const { payload, contentType, userProperties } = message;
    try {
      const outgoing = { topic, payload, qos, userProperties, ...(contentType && { contentType }) };
      const { routed } = await persist('to', () => to.publish(outgoing));
      totals.forwarded++;
      onEvent?.({ type: 'forwarded', topic, bytes: payload.length, routed });
    } catch (error) {
      if (!(error instanceof FacepipeError) || error.code !== 'FACEPIPE_E_TOO_LARGE') throw error;
      await bury(message, error);
    }
  }

  try {
    await from.subscribe(fromTopic, carry, { qos: 1 });
  } catch (error) {
    await Promise.all([from.close(), to.close()]);
    throw error;
  }

  return {
    totals,
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
