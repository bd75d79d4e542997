import type { CaptureEvent, LostFaces } from '@facepipe/edge/capture';
import type { DroppedRange, Spool } from '@facepipe/edge/spool';
import type { VisitMessage } from '@facepipe/wire';
import { sayAway } from './rival.js';
import type { Session } from './session.js';
import { tellRepair } from './spool-repair.js';

const plural = (faces: number): string => (faces === 1 ? '1 face waits' : `${faces} faces wait`);

const reasons: Record<DroppedRange['reason'], string> = {
  full: 'the spool had no room (--spool-max is reached, or its disk is full)',
  expired: 'they waited longer than --spool-ttl',
  damaged: 'the disk gave back other bytes',
  'too-large': 'it takes only smaller messages',
  unsendable: 'it does not take such a message',
};

/** Says what a capture tells, in the log. @param brokers the names of this run's, in the spool */
export function logCapture(log: Session['log'], brokers: readonly string[]): (event: CaptureEvent) => void {
  const away = sayAway(log);
  return (event) => {
    switch (event.type) {
      case 'opened':
        return sayOpened(log, event.folder, event.spool, brokers);
      case 'secret-replaced':
        return log.error(
          `${event.file} is damaged: a new client id is made; faces whose receipts wait under the old one go again`,
        );
      case 'connecting':
        return log.debug({ clientId: event.clientId }, 'client id');
      case 'connected':
        return log.info(`connected to ${event.url}`);
      case 'away':
        return away(event.error);
      case 'name-taken':
        return log.error(event.error.message);
      case 'source-away':
        return log.warn(`${event.error.message} It is opened again until it comes back.`);
      case 'source-back':
        return log.info(`${event.name} is back after ${(event.after / 1000).toFixed(1)} s`);
      case 'face':
        return log.debug({ id: event.face.id, seq: event.face.seq }, 'face');
      case 'visit':
        return sayVisit(log, event.visit);
      case 'static':
        return log.info(
          { visit: event.visit },
          'a visit ended that never moved: if it is a picture on a wall, --exclude its place',
        );
      case 'poor':
        return log.info(
          { visit: event.visit },
          `a visit ended without a picture: the best had a quality of ${event.quality}, less than --min-quality`,
        );
      case 'unkept':
        return log.error(
          `the pictures of visits that go on cannot be kept in ${event.folder} (${event.error.message}): a crash would lose them`,
        );
      case 'visits-damaged':
        return log.error(`${event.files} pictures of visits that a crash cut off are damaged, and lost`);
      case 'refused':
        return log.error(`a face was not kept: ${event.error.message}`);
      case 'lost':
        return sayLost(log, event.lost);
      case 'dropped':
        return sayDropped(log, event);
      case 'full':
        return log.warn(`the spool ${event.folder} is full: faces wait for room in it`);
      case 'left':
        return log.warn(`${plural(event.faces)} in ${event.folder} for the next run`);
      case 'no-subscribers':
        return log.warn(
          `nobody subscribes to ${event.topic} at ${event.broker}: faces are kept, and sent once somebody does`,
        );
      case 'subscribed':
        return log.info(`somebody subscribes to ${event.topic} at ${event.broker}`);
      case 'retry':
        return log[event.first ? 'warn' : 'debug'](`${event.error.message} The face is kept.`);
      case 'silent':
        return log.warn(
          `no receipts come from ${event.broker}: is there a sink? Its faces are kept, and one is sent again now and then`,
        );
      case 'receipts':
        return log.info(`receipts come from ${event.broker} again`);
      case 'dead':
        return log.error({ id: event.id, seq: event.seq, reason: event.reason }, 'a face is a dead letter');
      case 'stray':
        return log.warn(event.error.message);
      case 'untold':
        return log.debug(event.error.message);
    }
  };
}

function sayOpened(
  log: Session['log'],
  folder: string,
  spool: Pick<Spool, 'repair' | 'stream' | 'stats'>,
  brokers: readonly string[],
): void {
  const { faces, brokers: owed } = spool.stats();
  for (const [broker, amount] of owed) {
    if (amount.faces === 0 || brokers.includes(broker)) continue;
    log.warn(`${plural(amount.faces)} for ${broker}, which is not a broker of this run, until --spool-ttl`);
  }
  if (faces > 0) log.info(`${plural(faces)} of an earlier run in ${folder}`);
  tellRepair(log, folder, spool);
}

function sayVisit(log: Session['log'], { type, visit, ...rest }: VisitMessage): void {
  const quality = 'quality' in rest && rest.quality !== undefined ? `, quality ${rest.quality}` : '';
  const what = { begin: 'a visit begins', picture: 'a picture of a visit', end: 'a visit ends' }[type];
  log.debug({ visit, active: rest.active }, `${what}${quality}`);
}

function sayLost(log: Session['log'], { faces, from, to, reason }: LostFaces): void {
  const what = faces === 1 ? '1 face' : `${faces} faces`;
  const where = from === to ? `frame ${from}` : `frames ${from} to ${to}`;
  log.error({ code: reason.code }, `lost ${what} of ${where}: ${reason.message}`);
}

function sayDropped(
  log: Session['log'],
  { broker, from, to, reason, stream }: Extract<CaptureEvent, { type: 'dropped' }>,
): void {
  const which = from === to ? `face ${from}` : `faces ${from} to ${to}`;
  log.error(`dropped ${which} of stream ${stream} for ${broker}: ${reasons[reason]}`);
}
