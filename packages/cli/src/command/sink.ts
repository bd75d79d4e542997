import { openSink, openStore, type Sink, type SinkEvent, type SinkOptions } from '@facepipe/cloud';
import { FacepipeError, printable } from '@facepipe/service';
import { serveHealth } from '@facepipe/service/health';
import type { CommandOptions } from '../parse/command.js';
import { formatTotals } from '../print/totals.js';
import { stateSecret } from './client-id.js';
import { credentials } from './credentials.js';
import { largestMessage } from './largest-message.js';
import { sayAway } from './rival.js';
import type { Session } from './session.js';
import { untilStopped } from './wait.js';

/** Devices that are named at most. */
const maxNamed = 10;

const remarkOf = ({ device, error }: Sink['aside'][number]): string =>
  `${printable(device)} (${error.message})`;

/** A line for each device that is set aside, and how many more there are. */
function remarksOf(aside: Sink['aside']): string[] {
  const named = aside.slice(-maxNamed).map((device) => `set aside: ${remarkOf(device)}`);
  return aside.length > maxNamed ? [...named, `and ${aside.length - maxNamed} more`] : named;
}

/** For programs; an answer of a store that nobody foresaw has none. */
const codeOf = (error: Error) => (error instanceof FacepipeError ? { code: error.code } : {});

function unsubscribed({ subscribed, error }: Extract<SinkEvent, { type: 'dead' }>): string {
  if (error) return `; ${error.message}`;
  return subscribed ? '' : '; nobody subscribes to dead letters';
}

export function logSink(log: Session['log']): (event: SinkEvent) => void {
  return (event) => {
    if (event.type === 'store-down')
      log[event.lasting ? 'error' : 'warn'](`${event.error.message} Faces are kept until it works.`);
    else if (event.type === 'store-up') log.info('storing again');
    else if (event.type === 'receipt-retry') log.warn(`receipt: ${event.error.message}`);
    else if (event.type === 'dead')
      log.error(
        `dead letter (${event.reason}) ${event.id} from ${JSON.stringify(event.topic)}${unsubscribed(event)}`,
      );
    else if (event.type === 'lost')
      log.error(
        `the dead letter (${event.reason}) ${event.id} from ${JSON.stringify(event.topic)} did not go out: ${event.error.message}`,
      );
    else if (event.type === 'aside') log.error(codeOf(event.error), `set aside: ${remarkOf(event)}`);
    else if (event.type === 'back') log.info(`let back in: ${printable(event.device)}`);
    else if (event.type === 'offline') sayAway(log)(event.error);
    else if (event.type === 'stray') log.warn(`${event.error.message} It is dropped.`);
    else if (event.type === 'online') log.info('connected to the broker');
    else log.debug(event, event.type);
  };
}

/** Writes faces from a broker into a store until a signal comes. */
export async function sink(options: CommandOptions<'sink'>, session: Session): Promise<void> {
  const { endpoint, region, acl, sse, concurrency, quarantine, group, member } = options;
  const storeOptions = {
    concurrency,
    mode: options['store-mode'],
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...(acl && { acl }),
    ...(sse && { sse }),
    ...(options['path-style'] !== undefined && { pathStyle: options['path-style'] }),
    ...(options['storage-class'] && { storageClass: options['storage-class'] }),
  };
  const clientId = options['client-id'];
  const secret = clientId === undefined ? await stateSecret('sink', options.state) : undefined;
  const store = openStore(options.store, storeOptions);
  const quarantineStore = quarantine === undefined ? undefined : openStore(quarantine, storeOptions);
  const sinkOptions: SinkOptions = {
    link: {
      url: options.broker,
      ...(clientId !== undefined && { clientId }),
      onConnect: (link) => session.log.debug({ clientId: link.clientId }, 'client id'),
      ...credentials({ ...options, key: options['tls-key'] }, '', session.log, 'tls-key'),
      ...largestMessage(options, session.log),
    },
    ...(secret && { secret }),
    topic: options.topic,
    store,
    key: options.key,
    concurrency,
    maxHeld: options['max-held'],
    deadLetter: options['dead-letter'],
    ...(quarantineStore && { quarantine: quarantineStore }),
    ...(group && { group }),
    ...(member && { member }),
    ...(options['device-level'] && { deviceLevel: options['device-level'] }),
    onEvent: logSink(session.log),
  };
  let running: Sink;
  try {
    running = await openSink(sinkOptions, session.signal);
  } catch (error) {
    await store.close();
    await quarantineStore?.close();
    if (session.signal.aborted) return;
    throw error;
  }
  const { totals } = running;
  const result = () => formatTotals({ stored: totals.stored, duplicates: totals.duplicates }, session.json);
  session.begin({ drains: 10, totals: result });
  try {
    const { metrics } = running;
    const health = await serveHealth({
      host: options.host,
      port: options.port,
      ready: () => running.ready,
      remarks: () => remarksOf(running.aside),
      metrics,
    });
    const served = `health and metrics on port ${health.port} of ${options.host}`;
    if (running.waiting !== undefined) session.log.info(served);
    void running.subscribed.then(() =>
      session.log.info(`storing ${JSON.stringify(options.topic)} in ${store.url}; ${served}`),
    );
    session.progress.start(
      () =>
        `received ${totals.received}  stored ${totals.stored}  duplicates ${totals.duplicates}  dead ${totals.dead}`,
    );
    try {
      await untilStopped(session.signal, running.ended);
    } finally {
      await health.close();
    }
  } finally {
    await running.stop();
    await store.close();
    await quarantineStore?.close();
    session.progress.stop();
    session.out(result());
  }
}
