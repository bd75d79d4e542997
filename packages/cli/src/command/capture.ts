import { type EmbeddedBroker, startBroker } from '@facepipe/edge/broker/embedded';
import { FaceCapture } from '@facepipe/edge/capture/face-capture';
import { Latency } from '@facepipe/edge/capture/latency';
import { captureMetrics, type WatchedSource } from '@facepipe/edge/capture/metrics';
import { Post } from '@facepipe/edge/publish/post';
import { beat, StatusPublisher } from '@facepipe/edge/publish/status-publisher';
import type { Spool } from '@facepipe/edge/spool/spool';
import { Closing, unlessAborted } from '@facepipe/service';
import { serveHealth } from '@facepipe/service/health';
import { clientIdFrom, parseBroker, redact } from '@facepipe/wire';
import { cliError } from '../error.js';
import type { CommandOptions } from '../parse/command.js';
import { formatTotals } from '../print/totals.js';
import { openWatched } from './camera.js';
import { spoolSecret } from './client-id.js';
import { credentials } from './credentials.js';
import { Delivery } from './delivery.js';
import { faceCaptureOptions, openDetectorThread } from './detection.js';
import { largestMessage } from './largest-message.js';
import { checkLeftOut, unreadOf } from './left-out.js';
import { tellLost } from './lost.js';
import { dropUnclaimed, sayAway } from './rival.js';
import type { Session } from './session.js';
import { captureSource, sourceOptions } from './source.js';
import { spoolFolder } from './spool-folder.js';

const mqttPort = 1883;
/** Seconds: the last faces take up to 3, their brokers 8, good-byes 2. */
const drains = 13;

/** A broker by the name its claims are kept under in the spool, which outlives its port. */
interface Target {
  broker: string;
  url: string;
}

/** On the port MQTT users expect, or, said aloud, on a free one where that is taken. */
async function ownBroker({ log }: Session): Promise<EmbeddedBroker> {
  let broker: EmbeddedBroker;
  const options = { host: '127.0.0.1', onTrouble: (text: string) => log.warn(text) };
  try {
    broker = await startBroker({ ...options, port: mqttPort });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('EADDRINUSE'))) throw error;
    broker = await startBroker({ ...options, port: 0 });
    log.warn(
      `port ${mqttPort} is taken: the embedded broker listens on ${broker.port}; --broker publishes to yours instead`,
    );
  }
  log.info(`no --broker given: publishing to an embedded one at ${broker.url}`);
  log.info(`watch the faces with: npx facepipe log --broker ${broker.url}`);
  return broker;
}

/** @throws FACEPIPE_E_BROKER_URL */
function targetsOf(urls: readonly string[]): Target[] {
  const targets = new Map(urls.map((url) => [parseBroker(url).url, url]));
  return [...targets].map(([broker, url]) => ({ broker, url }));
}

function openPosts(
  targets: readonly Target[],
  delivery: Delivery,
  status: StatusPublisher,
  secret: Buffer,
  options: CommandOptions<'capture'>,
  { log }: Session,
): Post[] {
  const secrets = credentials(options, '', log);
  return delivery.couriers.map((courier, index) => {
    const { url = '' } = targets[index] ?? {};
    // the name too: under another one other receipts are waited for
    const clientId = clientIdFrom('capture', secret, [courier.broker, options.name]);
    log.debug({ clientId }, 'client id');
    return new Post({
      name: options.name,
      link: { url, clientId, onUnclaimed: dropUnclaimed(log), ...secrets, ...largestMessage(options, log) },
      status,
      courier,
      receipts: options.until === 'stored',
      onConnect: () => log.info(`connected to ${redact(url)}`),
      onAway: sayAway(log),
      onNameTaken: (reason) => log.error(reason.message),
    });
  });
}

/** The smallest limit that is known. */
function limitOf(posts: readonly Post[], most: number): number {
  return Math.min(most, ...posts.map(({ maximumPacketSize }) => maximumPacketSize ?? most));
}

/** Why the capture is not ready; undefined when it is. */
function unready(
  source: WatchedSource,
  faceCapture: FaceCapture,
  spool: Spool,
  posts: readonly Post[],
): string | undefined {
  const rival = posts.find(({ contention }) => contention)?.contention;
  if (rival) return rival.message;
  const away = posts.find(({ connected }) => !connected);
  if (away) return `${away.url} is away`;
  if (spool.stats().full) return 'the spool is full';
  return source.away?.message ?? faceCapture.refusal?.message;
}

/** The broker that is not there and is owed faces, or never was there; undefined where there is none. */
function unsent(posts: readonly Post[], folder: string): Error | undefined {
  const post = posts.find(
    ({ connected, reached, courier }) => !connected && (!reached || courier.owed.faces > 0),
  );
  if (!post) return undefined;
  const { faces } = post.courier.owed;
  const waiting = faces === 1 ? '1 face is' : `${faces} faces are`;
  return cliError('FACEPIPE_E_UNSENT', { broker: post.url, faces: waiting, folder });
}

/** Source → faces → spool → brokers, until the source ends, a limit is reached or a signal comes. */
export async function capture(options: CommandOptions<'capture'>, session: Session): Promise<void> {
  const { log, signal } = session;
  const closing = new Closing();
  try {
    const given = targetsOf(options.broker ?? []);
    const status = new StatusPublisher(options.name, session.version);
    const posts: Post[] = [];
    const announce = () => Promise.all(posts.map((post) => post.announce(beat)));
    const spec = options.source ?? (await captureSource(log));
    const source = await openWatched(spec, sourceOptions(options, session), session, (away) => {
      status.away = away?.message;
      void announce();
    });
    const detector = closing.add(await openDetectorThread(options));
    const targets =
      given.length > 0 ? given : [{ broker: 'embedded', url: closing.add(await ownBroker(session)).url }];
    const latency = new Latency();
    const delivery = await Delivery.open(
      options.spool ?? spoolFolder(options.name),
      targets.map(({ broker }) => broker),
      { ...options, live: source.live },
      session,
      latency,
    );
    const { spool, couriers, losses } = closing.add(delivery);
    status.dropped = (broker) => delivery.droppedFor(broker);
    const ended = new AbortController();
    const faceCapture = new FaceCapture(
      {
        ...faceCaptureOptions(options),
        source,
        detector,
        spool,
        topic: options.topic,
        qos: options.qos,
        limit: () => limitOf(posts, options['max-message']),
        onFace: ({ id, seq }) => log.debug({ id, seq }, 'face'),
        ...tellLost(log),
      },
      AbortSignal.any([signal, ended.signal]),
    );
    const secret = await spoolSecret(delivery.folder, log);
    posts.push(
      ...openPosts(targets, delivery, status, secret, options, session).map((post) => closing.add(post)),
    );
    for (const post of posts) void post.ended.then((reason) => ended.abort(reason));
    await unlessAborted(Promise.all(posts.map(({ greeted }) => greeted)), signal);
    const lost = () => losses.total + faceCapture.totals.refused;
    status.totals = () => ({
      ...faceCapture.totals,
      published: delivery.published,
      ...(options.until === 'stored' && { stored: delivery.stored, dead: delivery.dead }),
      spooled: spool.stats().faces,
      dropped: losses.total,
      lost: lost(),
      restarts: source.restarts ?? 0,
      stalls: source.stalls ?? 0,
    });
    if (options.port !== undefined) {
      const metrics = captureMetrics({ source, faceCapture, spool, couriers, losses, latency });
      const health = closing.add(
        await serveHealth({
          host: options.host,
          port: options.port,
          ready: () => unready(source, faceCapture, spool, posts),
          metrics: () => metrics.metrics(),
          contentType: metrics.contentType,
        }),
      );
      log.info(`health and metrics on port ${health.port} of ${options.host}`);
    }
    log.info(`looking for faces in ${source.name} (stream ${spool.stream}, spool ${delivery.folder})`);
    const totals = () => {
      const { frames, captured } = faceCapture.totals;
      const { published, stored, dead } = delivery;
      const spooled = spool.stats().faces;
      const beyond = options.until === 'stored' && { stored, dead };
      const kept = { captured, published, ...beyond, spooled, lost: lost() };
      return formatTotals({ frames, ...unreadOf(spec, faceCapture.totals), ...kept }, session.json);
    };
    session.begin({ drains, totals });
    const beats = setInterval(() => void delivery.tellLosses(posts).then(announce), beat);
    session.progress.start(() => {
      const { frames, skipped, corrupt, captured } = faceCapture.totals;
      const published = couriers.map(({ totals }) => totals.published).join(' + ');
      const { faces } = spool.stats();
      return `frames ${frames} (skipped ${skipped}, corrupt ${corrupt})  faces ${captured}  published ${published}  in the spool ${faces}`;
    });
    let away: Error | undefined;
    try {
      if (!ended.signal.aborted) await faceCapture.run();
    } finally {
      if (!ended.signal.aborted) await delivery.drain();
      away = unsent(posts, delivery.folder);
      clearInterval(beats);
      await delivery.tellLosses(posts);
      session.progress.stop();
      session.out(totals());
    }
    if (ended.signal.aborted) throw ended.signal.reason;
    checkLeftOut(spec, source, faceCapture.totals, lost());
    // told to end by a signal, it leaves the rest to the next run
    if (away && !signal.aborted) throw away;
  } finally {
    await closing.close();
  }
}
