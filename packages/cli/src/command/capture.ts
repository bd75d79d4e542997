import { type Capture, type CaptureOptions, startCapture } from '@facepipe/edge/capture';
import { createFaceDetector } from '@facepipe/edge/detect';
import { LookRate } from '@facepipe/edge/motion';
import { Closing } from '@facepipe/service';
import { type HealthServer, serveHealth } from '@facepipe/service/health';
import type { Hello } from '@facepipe/view';
import { parseBroker } from '@facepipe/wire';
import { cliError } from '../cli-error.js';
import type { CommandOptions } from '../parse/command.js';
import { formatTotals } from '../print/totals.js';
import { openCamera } from './camera.js';
import { logCapture } from './capture-log.js';
import { credentials } from './credentials.js';
import {
  cameraDefaults,
  faceCaptureOptions,
  lookedForBy,
  readDetection,
  regionOptions,
  visitOptions,
} from './detection.js';
import { largestMessage } from './largest-message.js';
import { checkLeftOut, unreadOf } from './left-out.js';
import { ownBroker } from './own-broker.js';
import { dropUnclaimed } from './rival.js';
import type { Session } from './session.js';
import { captureSource, sourceOptions } from './source.js';
import { spoolFolder } from './spool-folder.js';

/** The steps of a face that a capture always sees. */
const kept = ['captured', 'spooled', 'edge'] as const;
/** Seconds: the last faces take up to 3, their brokers 8, good-byes 2. */
const drains = 13;

/** Source → faces → spool → brokers, until the source ends, a limit is reached or a signal comes. */
export async function capture(options: CommandOptions<'capture'>, session: Session): Promise<void> {
  const { signal } = session;
  const closing = new Closing();
  try {
    const given = (options.broker ?? []).map((url) => ({ name: parseBroker(url).url, url }));
    const spec = options.source ?? (await captureSource(session.log));
    // what is not searched anyway need not be decoded
    const looks = options.motion === 'off' || options.send === 'every' ? undefined : new LookRate();
    const { source, stall } = await openCamera(spec, {
      ...sourceOptions(options, session),
      ...(looks && { previews: () => looks.perSecond }),
    });
    const looking = await readDetection(options, cameraDefaults);
    const detector = closing.add(await createFaceDetector(looking.detector));
    const own = given.length > 0 ? undefined : closing.add(await ownBroker(session));
    // its claims outlive its port
    const targets = own ? [{ name: 'embedded', url: own.url }] : given;
    const brokers = targets.map(({ name }) => name);
    const seen: Hello['steps'] = options.until === 'stored' ? [...kept, 'receipt'] : kept;
    const shown = { flags: options, session, source: source.name, brokers, steps: seen };
    // its server is loaded by who wants it
    const page =
      options.view &&
      closing.add(await (await import('./capture-page.js')).openCapturePage({ mode: 'capture', ...shown }));
    const log = page?.log ?? session.log;
    const say = logCapture(log, brokers);
    const secrets = credentials(options, '', log);
    const folder = options.spool ?? spoolFolder(options.name);
    const running = await startCapture(
      {
        ...faceCaptureOptions(options),
        visits: visitOptions(options),
        ...regionOptions(options),
        detection: looking.detection,
        source,
        ...(looks && { looks }),
        ...(stall !== undefined && { stall }),
        detector,
        version: session.version,
        spool: spoolOptions(folder, options),
        brokers: targets.map(({ name, url }) => ({
          name,
          link: { url, onUnclaimed: dropUnclaimed(log), ...secrets, ...largestMessage(options, log) },
        })),
        until: options.until,
        receiptTimeout: options['receipt-timeout'],
        backlogShare: options['backlog-share'],
        topic: options.topic,
        qos: options.qos,
        maxMessage: options['max-message'],
        ...(page && { watcher: page.watcher }),
        onEvent: (event) => {
          page?.take(event);
          say(event);
        },
      },
      signal,
    );
    closing.afterwards(() => running.stop());
    page?.follow(running);
    if (options.port !== undefined) closing.add(await serve(running, options.host, options.port, log));
    log.info(`looking for faces in ${source.name} (stream ${running.stream}, spool ${folder})`);
    log.info(lookedForBy(detector, looking));
    const totals = () => {
      const { frames, captured, contexts, published, earlier, stored, dead, spooled, lost } = running.totals;
      const beyond = options.until === 'stored' && { stored, dead };
      const around = options.context !== undefined && { contexts };
      const before = earlier > 0 && { earlier };
      const kept = { captured, ...around, published, ...before, ...beyond, spooled, lost };
      return formatTotals({ frames, ...unreadOf(spec, running.totals), ...kept }, session.json);
    };
    session.begin({ drains, totals });
    session.progress.start(() => progressOf(running));
    const fault = await running.ended;
    session.progress.stop();
    session.out(totals());
    if (fault) throw fault;
    checkLeftOut(spec, source, running.totals, running.totals.lost);
    // told to end by a signal, it leaves the rest to the next run
    if (running.unsent && !signal.aborted) throw unsentError(running.unsent, folder);
  } finally {
    await closing.close();
  }
}

function spoolOptions(folder: string, options: CommandOptions<'capture'>): CaptureOptions['spool'] {
  const { 'spool-max': maxBytes, 'spool-ttl': ttl, 'spool-full': full } = options;
  return { folder, maxBytes, ttl, ...(full && { full }) };
}

async function serve(
  running: Capture,
  host: string,
  port: number,
  log: Session['log'],
): Promise<HealthServer> {
  const health = await serveHealth({ host, port, ready: () => running.ready, metrics: running.metrics });
  log.info(`health and metrics on port ${health.port} of ${host}`);
  return health;
}

function progressOf({ totals, brokers }: Capture): string {
  const { frames, skipped, corrupt, captured, spooled } = totals;
  const published = brokers.map((broker) => broker.totals.published).join(' + ');
  return `frames ${frames} (skipped ${skipped}, corrupt ${corrupt})  faces ${captured}  published ${published}  in the spool ${spooled}`;
}

function unsentError({ url, faces }: NonNullable<Capture['unsent']>, folder: string): Error {
  const waiting = faces === 1 ? '1 face is' : `${faces} faces are`;
  return cliError('FACEPIPE_E_UNSENT', { broker: url, faces: waiting, folder });
}
