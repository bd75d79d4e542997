import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { folderModeOf, openStore, startSink } from '@facepipe/cloud';
import { startBroker } from '@facepipe/edge/broker/embedded';
import { FaceCapture } from '@facepipe/edge/capture/face-capture';
import { startForwarder } from '@facepipe/edge/forward/forwarder';
import { Post } from '@facepipe/edge/publish/post';
import { StatusPublisher } from '@facepipe/edge/publish/status-publisher';
import { Closing } from '@facepipe/service';
import { clientIdFrom, connect, defaultMaximumPacketSize } from '@facepipe/wire';
import type { CommandOptions } from '../parse/command.js';
import { formatKept, formatTotals } from '../print/totals.js';
import { openWatched } from './camera.js';
import { Delivery } from './delivery.js';
import { faceCaptureOptions, openDetectorThread } from './detection.js';
import { contentsOf, makeFolder } from './folder.js';
import { logForward } from './forward.js';
import { checkLeftOut, unreadOf } from './left-out.js';
import { FaceLog } from './log.js';
import { tellLost } from './lost.js';
import type { Session } from './session.js';
import { logSink } from './sink.js';
import { demoSource, sourceOptions } from './source.js';

/** Those that `capture` has by itself: nothing of a demo waits for days. */
const delivering = {
  until: 'stored',
  'receipt-timeout': 10_000,
  'spool-max': 1e9,
  'spool-ttl': 7 * 24 * 3600_000,
  'backlog-share': 0.5,
} as const;
/** Seconds: as a capture's, and its forwarder and sink are on this machine. */
const drains = 15;
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
    const source = await openWatched(spec, sourceOptions(options, session), session);
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
    const delivery = closing.add(
      await Delivery.open(
        join(resolve(options.data), 'spool'),
        ['edge'],
        { ...delivering, live: source.live },
        session,
      ),
    );
    const { spool } = delivery;
    const status = new StatusPublisher(options.name, session.version);
    for (const courier of delivery.couriers) {
      closing.add(
        new Post({
          name: options.name,
          link: { url: edge.url, clientId: idOf('capture') },
          status,
          courier,
          receipts: true,
          onConnect: () => log.debug(`connected to ${edge.url}`),
          onAway: (reason) => log.warn(reason.message),
          onNameTaken: (reason) => log.error(reason.message),
        }),
      );
    }
    const faceCapture = new FaceCapture(
      {
        ...faceCaptureOptions(options),
        source,
        detector,
        spool,
        topic: edgeTopic,
        qos: 1,
        limit: () => defaultMaximumPacketSize,
        ...tellLost(log),
      },
      signal,
    );

    log.info(
      `${source.name} → edge broker ${edge.url} → forwarder → cloud broker ${cloud.url} → sink → ${bucket}`,
    );
    log.info(`watch the faces with: npx facepipe log --broker ${edge.url}`);
    const lost = () => delivery.losses.total + faceCapture.totals.refused;
    const totals = () => {
      const { frames, captured } = faceCapture.totals;
      const { stored, duplicates } = sink.totals;
      const { forwarded } = forwarder.totals;
      const { published, dead } = delivery;
      const spooled = spool.stats().faces;
      const hops = {
        frames,
        ...unreadOf(spec, faceCapture.totals),
        captured,
        published,
        forwarded,
        stored,
        duplicates,
        dead,
        spooled,
      };
      return formatTotals({ ...hops, lost: lost() }, session.json);
    };
    session.begin({ drains, totals });
    session.progress.start(() => {
      const { frames, skipped, captured } = faceCapture.totals;
      const edgeHops = `frames ${frames} (skipped ${skipped})  faces ${captured}  published ${delivery.published}  logged ${logger.faces}`;
      const cloudHops = `forwarded ${forwarder.totals.forwarded}  stored ${sink.totals.stored}  receipts ${logger.receipts}`;
      return `${edgeHops}  ${cloudHops}  lag ${Math.round(lag)} ms`;
    });
    try {
      await faceCapture.run();
    } finally {
      await delivery.drain();
      await delivery.tellLosses([]);
      session.progress.stop();
      const kept = formatKept(bucket, await contentsOf(bucket));
      // for programs the totals are all there is on stdout
      if (session.json) log.info(kept);
      session.out(totals());
      if (!session.json) session.out(kept);
    }
    checkLeftOut(spec, source, faceCapture.totals, lost());
  } finally {
    await closing.close();
  }
}
