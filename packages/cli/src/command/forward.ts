import type { Reading } from '@facepipe/cloud';
import { redact } from '@facepipe/wire';
import {
  type ForwardEvent,
  type Forwarder,
  type ForwardTotals,
  startForwarder,
} from '../forward/forwarder.js';
import type { CommandOptions } from '../parse/command.js';
import { formatTotals } from '../print/totals.js';
import { stableId } from './client-id.js';
import { credentials } from './credentials.js';
import { whileServing } from './health-port.js';
import { largestMessage } from './largest-message.js';
import type { Session } from './session.js';
import { untilStopped } from './wait.js';

export function logForward(log: Session['log']): (event: ForwardEvent) => void {
  return (event) => {
    if (event.type === 'retry')
      log.warn(`${event.side}: ${event.error.message} (attempt ${event.attempt}; nothing is lost)`);
    else if (event.type === 'dead')
      log.error(
        `dead letter (${event.reason}) from ${JSON.stringify(event.topic)}${event.heard ? '' : '; nobody subscribes to dead letters'}`,
      );
    else if (event.type === 'offline') log.warn(`${event.side}: ${event.reason}`);
    else if (event.type === 'online') log.info(`${event.side}: connected`);
    else if (event.type === 'unheard') log.warn(event.error.message);
    else if (event.type === 'stray') log.warn(`${JSON.stringify(event.topic)}: ${event.error.message}`);
    else log.debug(event, event.type);
  };
}

function readingsOf(forwarder: Forwarder): Reading[] {
  const total = (name: string, of: keyof ForwardTotals, help: string): Reading => ({
    name: `forward_${name}_total`,
    help,
    read: () => forwarder.totals[of],
  });
  const connected = (name: string, side: 'from' | 'to'): Reading => ({
    name: `forward_${name}_connected`,
    help: `1 while connected to the ${name}`,
    read: () => Number(forwarder.connected[side]),
  });
  return [
    total('received', 'received', 'Messages received from the source, repetitions included'),
    total('forwarded', 'forwarded', 'Messages the target acknowledged'),
    total('receipts', 'receipts', 'Receipts carried back, in faces'),
    total('dead_letters', 'dead', 'Messages the target can never take'),
    connected('source', 'from'),
    connected('target', 'to'),
  ];
}

/** Carries faces from one broker to another until a signal comes. */
export async function forward(options: CommandOptions<'forward'>, session: Session): Promise<void> {
  const { from, to, 'from-topic': fromTopic, 'to-topic': toTopic, qos } = options;
  const id = options['client-id'] ?? stableId('forward', redact(from), redact(to), fromTopic, toTopic);
  const limit = largestMessage(options, session.log);
  const sameBroker = redact(from) === redact(to);
  const forwarder = await startForwarder(
    {
      from: {
        url: from,
        clientId: sameBroker ? `${id}-from` : id,
        ...credentials(options, 'from-', session.log),
        ...limit,
      },
      to: {
        url: to,
        clientId: sameBroker ? `${id}-to` : id,
        ...credentials(options, 'to-', session.log),
        ...limit,
      },
      fromTopic,
      toTopic,
      qos,
      onEvent: logForward(session.log),
    },
    session.signal,
  );
  const { totals } = forwarder;
  session.log.info(`carrying ${fromTopic} from ${redact(from)} to ${toTopic} at ${redact(to)}`);
  session.progress.start(
    () => `received ${totals.received}  forwarded ${totals.forwarded}  receipts ${totals.receipts}`,
  );
  const ready = () => {
    const { connected } = forwarder;
    if (!connected.from) return `${redact(from)} is away`;
    return connected.to ? undefined : `${redact(to)} is away`;
  };
  try {
    const served = { port: options.port, readings: readingsOf(forwarder), ready, log: session.log };
    await whileServing(served, () => untilStopped(session.signal, forwarder.ended));
  } finally {
    await forwarder.stop();
    session.progress.stop();
    session.out(formatTotals({ forwarded: totals.forwarded }, session.json));
  }
}
