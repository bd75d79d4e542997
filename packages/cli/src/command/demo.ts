import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { folderModeOf, openStore, startSink } from '@facepipe/cloud';
import { startBroker } from '@facepipe/edge/broker/embedded';
import type { CaptureEvent } from '@facepipe/edge/capture/capture-event';
import { startCapture } from '@facepipe/edge/capture/start-capture';
import { startForwarder } from '@facepipe/edge/forward/forwarder';
import { Closing } from '@facepipe/service';
import { clientIdFrom, connect } from '@facepipe/wire';
import type { CommandOptions } from '../parse/command.js';
import { formatKept, formatTotals } from '../print/totals.js';
import { openCamera } from './camera.js';
import { logCapture } from './capture-log.js';
import { faceCaptureOptions, openDetectorThread } from './detection.js';
import { contentsOf, makeFolder } from './folder.js';
import { logForward } from './forward.js';
import { checkLeftOut, unreadOf } from './left-out.js';
import { FaceLog } from './log.js';
import type { Session } from './session.js';
import { logSink } from './sink.js';
import { demoSource, sourceOptions } from './source.js';

/** Seconds: as a capture's, and its forwarder and sink are on this machine. */
const drains = 15;
/** ms: nothing of a demo waits for days. */
const receiptTimeout = 10_000;
const edgeTopic = 'facepipe/{device}/faces';
const cloudTopic = 'cloud/{device}/faces';
const filterOf = (template: string): string => template.replace('{device}', '+');

/**
 * The whole pipeline in one process, as on two machines: capture → edge broker → forwarder → cloud broker → sink →
 * folder, and the receipts back to the edge's logger. Ends with totals that agree.
 */
export async function demo(options: CommandOptions<'demo'>, session: Session): Promise<void> {
  const { log, signal } = session;
  const bucket = join(resolve(options.data), 'bucket');
  const mode = options['store-mode'];
  makeFolder('data', resolve(options.data), folderModeOf(mode));
  const closing = new Closing();
  try {
    const spec = options.source ?? (await demoSource(log));
    const { source, stall } = await openCamera(spec, sourceOptions(options, session));
    const detector = closing.add(await openDetectorThread(options));
    const onTrouble = (text: string) => log.warn(text);
    const edge = closing.add(await startBroker({ host: '127.0.0.1', port: 0, onTrouble }));
    const cloud = closing.add(await startBroker({ host: '127.0.0.1', port: 0, onTrouble }));
    const store = closing.add(openStore(pathToFileURL(bucket).href, { mode }));
    // for this run: its brokers keep no session longer
    const secret = randomBytes(32);
    const idOf = (role: string) => clientIdFrom(role, secret, []);
    let lag = 0;
    const onSink = logSink(log);
    const sink = await startSink({
      link: { url: cloud.url },
      secret,
      topic: filterOf(cloudTopic),
      store,
      key: '{device}/{yyyy}/{mm}/{dd}/{id}.{ext}',
      concurrency: 16,
      deadLetter: 'facepipe/{device}/dead',
      onEvent: (event) => {
        if (event.type === 'stored') lag = event.lag ?? lag;
        onSink(event);
      },
    });
    closing.afterwards(() => sink.stop());
    const forwarder = await startForwarder(
      {
        from: { url: edge.url, clientId: idOf('forward') },
        to: { url: cloud.url, clientId: idOf('forward') },
        fromTopic: filterOf(edgeTopic),
        toTopic: cloudTopic,
        qos: 1,
        onEvent: logForward(log),
      },
      signal,
    );
    closing.afterwards(() => forwarder.stop());
    const watcher = closing.add(await connect({ url: edge.url }, signal));
    const logger = new FaceLog(filterOf(edgeTopic), (line) => log.debug(line), log);
    await logger.watch(watcher, 1);
    const running = await startCapture(
      {
        ...faceCaptureOptions(options),
        source,
        ...(stall !== undefined && { stall }),
        detector,
        version: session.version,
        spool: { folder: join(resolve(options.data), 'spool') },
        brokers: [{ name: 'edge', link: { url: edge.url, clientId: idOf('capture') } }],
        until: 'stored',
        receiptTimeout,
        topic: edgeTopic,
        onEvent: logEdge(log),
      },
      signal,
    );
    closing.afterwards(() => running.stop());
    log.info(
      `${source.name} → edge broker ${edge.url} → forwarder → cloud broker ${cloud.url} → sink → ${bucket}`,
    );
    log.info(`watch the faces with: npx facepipe log --broker ${edge.url}`);
    const totals = () => {
      const { frames, captured, published, dead, spooled, lost } = running.totals;
      const { stored, duplicates } = sink.totals;
      const { forwarded } = forwarder.totals;
      const hops = {
        frames,
        ...unreadOf(spec, running.totals),
        captured,
        published,
        forwarded,
        stored,
        duplicates,
        dead,
        spooled,
      };
      return formatTotals({ ...hops, lost }, session.json);
    };
    session.begin({ drains, totals });
    session.progress.start(() => {
      const { frames, skipped, captured, published } = running.totals;
      const edgeHops = `frames ${frames} (skipped ${skipped})  faces ${captured}  published ${published}  logged ${logger.faces}`;
      const cloudHops = `forwarded ${forwarder.totals.forwarded}  stored ${sink.totals.stored}  receipts ${logger.receipts}`;
      return `${edgeHops}  ${cloudHops}  lag ${Math.round(lag)} ms`;
    });
    const fault = await running.ended;
    session.progress.stop();
    const kept = formatKept(bucket, await contentsOf(bucket));
    // for programs the totals are all there is on stdout
    if (session.json) log.info(kept);
    session.out(totals());
    if (!session.json) session.out(kept);
    if (fault) throw fault;
    checkLeftOut(spec, source, running.totals, running.totals.lost);
  } finally {
    await closing.close();
  }
}

/** As of a capture; its broker is one of the demo's own parts. */
function logEdge(log: Session['log']): (event: CaptureEvent) => void {
  const say = logCapture(log, ['edge']);
  return (event) => {
    if (event.type === 'connected') log.debug(`connected to ${event.url}`);
    else if (event.type === 'away') log.warn(event.error.message);
    else if (event.type !== 'face' && event.type !== 'connecting') say(event);
  };
}
