import {
  type ForwardEvent,
  type Forwarder,
  type ForwardTotals,
  openForwarder,
  sameBroker,
} from '@facepipe/edge/forward';
import { printable } from '@facepipe/service';
import type { Reading } from '@facepipe/service/health';
import { clientIdFrom, redact } from '@facepipe/wire';
import type { CommandOptions } from '../parse/command.js';
import { formatTotals } from '../print/totals.js';
import { stateSecret } from './client-id.js';
import { credentials } from './credentials.js';
import { whileServing } from './health-port.js';
import { largestMessage } from './largest-message.js';
import { sayAway } from './rival.js';
import type { Session } from './session.js';
import { untilStopped } from './wait.js';

export function logForward(log: Session['log']): (event: ForwardEvent) => void {
  return (event) => {
    if (event.type === 'retry')
      log.warn(`${event.side}: ${event.error.message} (attempt ${event.attempt}; nothing is lost)`);
    else if (event.type === 'dead')
      log.error(
        `dead letter (${event.reason}) from ${JSON.stringify(event.topic)}${event.subscribed ? '' : '; nobody subscribes to dead letters'}`,
      );
    else if (event.type === 'lost')
      log.error(
        `the dead letter (${event.reason}) of a message from ${JSON.stringify(event.topic)} did not go out: ${event.error.message}`,
      );
    else if (event.type === 'aside')
      log.error({ code: event.error.code }, `set aside: ${printable(event.device)} (${event.error.message})`);
    else if (event.type === 'back') log.info(`let back in: ${printable(event.device)}`);
    else if (event.type === 'offline') sayAway(log, event.side)(event.error);
    else if (event.type === 'online') log.info(`${event.side}: connected`);
    else if (event.type === 'no-subscribers') log.warn(event.error.message);
    else if (event.type === 'stray') log.warn(`${JSON.stringify(event.topic)}: ${event.error.message}`);
    else if (event.type === 'forwarded') {
      const { topic, payload } = event.message;
      log.debug({ topic, bytes: payload.length }, event.type);
    } else log.debug(event, event.type);
  };
}

/** Devices that are named at most. */
const maxNamed = 10;

/** A line for each device that is set aside, and how many more there are. */
export function remarksOf(aside: Forwarder['aside']): string[] {
  const named = aside
    .slice(-maxNamed)
    .map(({ device, error }) => `set aside: ${printable(device)} (${error.message})`);
  return aside.length > maxNamed ? [...named, `and ${aside.length - maxNamed} more`] : named;
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
    total('receipts_lost', 'receiptsLost', 'Faces named by receipts that the source did not take'),
    total('dead_letters', 'dead', 'Messages the target can never take'),
    total('dead_letters_lost', 'lost', 'Messages whose dead letter the source did not take'),
    total('set_aside', 'aside', 'Messages the target refused while it took others'),
    total('visits', 'visits', 'Events of visits the target acknowledged'),
    total('visits_missed', 'visitsMissed', 'Events of visits the target did not get'),
    {
      name: 'forward_set_aside_devices',
      help: 'Devices the target refuses while it takes others',
      read: () => forwarder.aside.length,
    },
    connected('source', 'from'),
    connected('target', 'to'),
  ];
}

/** @throws FACEPIPE_E_STATE_FOLDER, FACEPIPE_E_SECRET_DAMAGED */
async function clientIds(options: CommandOptions<'forward'>): Promise<Record<'from' | 'to', string>> {
  const { 'client-id': given, from, to } = options;
  const oneBroker = await sameBroker(from, to);
  if (given !== undefined)
    return { from: oneBroker ? `${given}-from` : given, to: oneBroker ? `${given}-to` : given };
  const secret = await stateSecret('forward', options.state);
  const work = [redact(from), redact(to), options['from-topic'], options['to-topic']];
  const idOf = (side: 'from' | 'to') => clientIdFrom('forward', secret, [side, ...work]);
  return { from: idOf('from'), to: idOf('to') };
}

/** Carries faces from one broker to another until a signal comes. */
export async function forward(options: CommandOptions<'forward'>, session: Session): Promise<void> {
  const { from, to, 'from-topic': fromTopic, 'to-topic': toTopic, qos } = options;
  const clientId = await clientIds(options);
  session.log.debug(clientId, 'client ids');
  const limit = largestMessage(options, session.log);
  const opening = openForwarder(
    {
      from: {
        url: from,
        clientId: clientId.from,
        ...credentials(options, 'from-', session.log),
        ...limit,
      },
      to: {
        url: to,
        clientId: clientId.to,
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
  const forwarder = await opening.catch((error: unknown) => {
    if (!session.signal.aborted) throw error;
  });
  if (!forwarder) return;
  const { totals } = forwarder;
  const result = () => formatTotals({ forwarded: totals.forwarded }, session.json);
  session.begin({ drains: 10, totals: result });
  void forwarder.subscribed.then(() =>
    session.log.info(`carrying ${fromTopic} from ${redact(from)} to ${toTopic} at ${redact(to)}`),
  );
  session.progress.start(
    () => `received ${totals.received}  forwarded ${totals.forwarded}  receipts ${totals.receipts}`,
  );
  const ready = () => {
    const { connected, contention, waiting } = forwarder;
    if (contention) return contention.message;
    if (waiting !== undefined) return waiting;
    if (!connected.from) return `${redact(from)} is offline`;
    return connected.to ? forwarder.trouble : `${redact(to)} is offline`;
  };
  const remarks = () => remarksOf(forwarder.aside);
  try {
    const served = {
      host: options.host,
      port: options.port,
      readings: readingsOf(forwarder),
      ready,
      remarks,
      log: session.log,
    };
    await whileServing(served, () => untilStopped(session.signal, forwarder.ended));
  } finally {
    await forwarder.stop();
    session.progress.stop();
    session.out(result());
  }
}
