import { Audit } from '@facepipe/edge/audit';
import { FacepipeError, timeoutSignal } from '@facepipe/service';
import {
  clientIdFrom,
  connect,
  decodeDeadLetter,
  decodeFace,
  decodeReceipt,
  decodeStatus,
  deviceOf,
  type IncomingMessage,
  type Link,
  redact,
  topicFilters,
} from '@facepipe/wire';
import { Exit } from '../exit.js';
import type { CommandOptions } from '../parse/command.js';
import { formatAudit, formatStanding } from '../print/audit-report.js';
import { stateSecret } from './client-id.js';
import { credentials } from './credentials.js';
import { whileServing } from './health-port.js';
import { largestMessage } from './largest-message.js';
import { dropUnclaimed, sayAway } from './rival.js';
import type { Session } from './session.js';
import { untilStopped } from './wait.js';

/** Bytes of messages that a log or an audit holds at most while they wait to be read; the broker keeps the others. */
export const maxHeldBytes = 24 * 2 ** 20;
/** How often the standing is logged while it changes, ms. */
const interval = 10_000;

/** Hands to an audit what it is about, in the order it came; what cannot be read is named and passed over. */
async function follow(audit: Audit, link: Link, topic: string, log: Session['log']): Promise<void> {
  let last = Promise.resolve();
  const each = (filter: string, take: (device: string, message: IncomingMessage) => void | Promise<void>) =>
    link.subscribe(filter, (message) => {
      const device = deviceOf(filter, message.topic);
      const turn = last.then(async () => {
        if (device === undefined) return;
        try {
          await take(device, message);
        } catch (error) {
          if (!(error instanceof FacepipeError)) throw error;
          log.warn({ code: error.code }, `${JSON.stringify(message.topic)}: ${error.message}`);
        }
      });
      last = turn.catch(() => {});
      return turn;
    });
  await each(topicFilters.stored, (device, { payload }) => {
    const { ids, dead } = decodeReceipt(payload);
    audit.receipt(device, ids, dead);
  });
  await each(topicFilters.dead, (device, { payload }) => {
    const letter = decodeDeadLetter(payload);
    if (letter) audit.die(device, letter.id, letter.reason, letter.sha256);
  });
  await each(topicFilters.status, (device, { payload }) => {
    audit.dropped(device, decodeStatus(payload)?.dropped ?? []);
  });
  await each(topic, async (device, message) => audit.face(device, await decodeFace(message)));
}

/**
 * Compares faces with receipts until a signal comes or the time is over, then says what is outstanding.
 * @returns 0 when every face that was seen is stored, dead or dropped, and no number is missing; else 1, also where
 *   there were more devices than are followed
 */
export async function audit(options: CommandOptions<'log'>, session: Session): Promise<number> {
  const { broker, topic, duration } = options;
  const { log, json } = session;
  const found = new Audit();
  const clientId =
    options['client-id'] ??
    clientIdFrom('audit', await stateSecret('log', options.state), [redact(broker), topic]);
  log.debug({ clientId }, 'client id');
  const link = await connect(
    {
      url: broker,
      maxHeld: maxHeldBytes,
      ...credentials(options, '', log),
      ...largestMessage(options, log),
      // the broker keeps what comes while the connection is away: otherwise every outage would look like a loss
      clean: false,
      clientId,
      onConnect: () => log.info(`connected to ${redact(broker)}`),
      onDisconnect: sayAway(log),
      onUnclaimed: dropUnclaimed(log),
    },
    session.signal,
  );
  let told = '';
  let warned = false;
  const tell = setInterval(() => {
    const standing = formatStanding(found.standing);
    if (standing !== told) log.info(standing);
    told = standing;
    if (found.ignored > 0 && !warned)
      log.warn(`${found.ignored} messages of further devices were not followed`);
    warned = found.ignored > 0;
  }, interval);
  const result = () => {
    const reports = found.report();
    return json ? reports.map((report) => JSON.stringify(report)).join('\n') : formatAudit(reports);
  };
  session.begin({ drains: 10, totals: result });
  try {
    await follow(found, link, topic, log);
    log.info(`following ${JSON.stringify(topic)}`);
    const readings = [
      {
        name: 'log_outstanding',
        help: 'Faces seen whose receipt has not come',
        read: () => found.standing.outstanding,
      },
      {
        name: 'log_missing',
        help: 'Sequence numbers between those seen that never arrived',
        read: () => found.standing.missing,
      },
      {
        name: 'log_ignored_total',
        help: 'Messages of devices beyond those that are followed',
        read: () => found.ignored,
      },
      { name: 'log_connected', help: '1 while connected to the broker', read: () => Number(link.connected) },
    ];
    const ready = () => link.contention?.message ?? (link.connected ? undefined : `${link.url} is offline`);
    const served = { host: options.host, port: options.port, readings, ready, log };
    const over = duration === undefined ? [] : [timeoutSignal(duration)];
    await whileServing(served, () => untilStopped(AbortSignal.any([session.signal, ...over]), link.ended));
  } finally {
    clearInterval(tell);
    // what the broker has queued is taken, and nothing is queued for nobody from then on
    await link.close({ keepSubscriptions: false });
  }
  if (found.ignored > 0) log.warn(`${found.ignored} messages of further devices were not followed`);
  const said = result();
  if (said) session.out(said);
  const whole = found.ignored === 0 && found.standing.outstanding + found.standing.missing === 0;
  return whole ? Exit.done : Exit.failed;
}
