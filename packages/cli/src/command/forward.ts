import { redact } from '@facepipe/wire';
import { type ForwardEvent, type Forwarder, startForwarder } from '../forward/forwarder.js';
import type { CommandOptions } from '../parse/command.js';
import { formatTotals } from '../print/totals.js';
import { stableId } from './client-id.js';
import { credentials } from './credentials.js';
import { type Reading, serveReadings } from './health-port.js';
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

const readings = (forwarder: Forwarder): Reading[] => [
  {
    name: 'forward_received_total',
    help: 'Messages received from the source, repetitions included',
    read: () => forwarder.totals.received,
  },
  {
    name: 'forward_forwarded_total',
    help: 'Messages the target acknowledged',
    read: () => forwarder.totals.forwarded,
  },
  {
    name: 'forward_receipts_total',
    help: 'Receipts carried back, in faces',
    read: () => forwarder.totals.receipts,
  },
  {
    name: 'forward_dead_letters_total',
    help: 'Messages the target can never take',
    read: () => forwarder.totals.dead,
  },
  {
    name: 'forward_source_connected',
    help: '1 while connected to the source',
    read: () => Number(forwarder.connected.from),
  },
  {
    name: 'forward_target_connected',
    help: '1 while connected to the target',
    read: () => Number(forwarder.connected.to),
  },
];

/** Carries faces from one broker to another until a signal comes. */
export async function forward(options: CommandOptions<'forward'>, session: Session): Promise<void> {
  const { from, to, 'from-topic': fromTopic, 'to-topic': toTopic, qos } = options;
  const id = options['client-id'] ?? stableId('forward', redact(from), redact(to), fromTopic, toTopic);
  const sameBroker = redact(from) === redact(to);
  const forwarder = await startForwarder(
    {
      from: {
        url: from,
        clientId: sameBroker ? `${id}-from` : id,
        ...credentials(options, 'from-', session.log),
      },
      to: { url: to, clientId: sameBroker ? `${id}-to` : id, ...credentials(options, 'to-', session.log) },
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
  const away = () => {
    const { connected } = forwarder;
    if (!connected.from) return `${redact(from)} is away`;
    return connected.to ? undefined : `${redact(to)} is away`;
  };
  try {
    const health = await serveReadings(options.port, readings(forwarder), away, session.log);
    try {
      await untilStopped(session.signal, forwarder.ended);
    } finally {
      await health.close();
    }
  } finally {
    await forwarder.stop();
    session.progress.stop();
    session.out(formatTotals({ forwarded: totals.forwarded }, session.json));
  }
}
