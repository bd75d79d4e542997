import { serveHealth } from '@facepipe/cloud';
import { connect, type Link, redact } from '@facepipe/wire';
import { type EmbeddedBroker, startBroker } from '../broker/embedded.js';
import { Captor } from '../capture/captor.js';
import { Latency } from '../capture/latency.js';
import { captureMetrics } from '../capture/metrics.js';
import { beat, Presence, refuseTwin } from '../capture/presence.js';
import { Publisher } from '../capture/publisher.js';
import { cliError } from '../error.js';
import type { CommandOptions } from '../parse/command.js';
import { formatTotals } from '../print/totals.js';
import { openWatched } from './camera.js';
import { Closing } from './closing.js';
import { credentials } from './credentials.js';
import { captorOptions, openDetectorThread } from './detection.js';
import type { Session } from './session.js';
import { defaultSource, sourceOptions } from './source.js';

const drainTimeout = 8000;
const mqttPort = 1883;

/** On the port MQTT users expect, or, said aloud, on a free one where that is taken. */
async function ownBroker({ log }: Session): Promise<EmbeddedBroker> {
  let broker: EmbeddedBroker;
  try {
    broker = await startBroker({ host: '127.0.0.1', port: mqttPort });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('EADDRINUSE'))) throw error;
    broker = await startBroker({ host: '127.0.0.1', port: 0 });
    log.warn(
      `port ${mqttPort} is taken: the embedded broker listens on ${broker.port}; --broker publishes to yours instead`,
    );
  }
  log.info(`no --broker given: publishing to an embedded one at ${broker.url}`);
  log.info(`watch the faces with: npx facepipe log --broker ${broker.url}`);
  return broker;
}

/** One link to each broker, under the device's name and with its will. */
async function openLinks(
  urls: readonly string[],
  options: CommandOptions<'capture'>,
  { log, signal }: Session,
  presence: Presence,
  closing: Closing,
): Promise<Link[]> {
  const secrets = credentials(options, '', log);
  const links: Link[] = [];
  for (const url of urls) {
    await refuseTwin({ url, ...secrets }, options.name, signal);
    const link = await connect(
      {
        url,
        ...secrets,
        clientId: `facepipe-capture-${options.name}`,
        will: presence.gone(),
        onConnect: async (open) => {
          log.info(`connected to ${redact(url)}`);
          await open.publish(presence.here());
        },
        onDisconnect: (reason) => log.warn(reason.message),
      },
      signal,
    );
    closing.afterwards(async () => {
      if (link.connected)
        await link.publish(presence.gone(), { timeout: 1000 }).catch((error) => log.warn(error.message));
      await link.close({ timeout: 1000 });
    });
    links.push(link);
  }
  return links;
}

function openPublisher(links: readonly Link[], log: Session['log'], latency: Latency): Publisher {
  const unheard = new Set<Link>();
  return new Publisher({
    links,
    onPublished: (message, link, routed) => {
      const { captured } = message.userProperties ?? {};
      if (captured !== undefined) latency.observe(new Date(captured));
      if (routed) unheard.delete(link);
      else if (!unheard.has(link)) {
        unheard.add(link);
        log.warn(
          `nobody subscribes to ${message.topic} at ${link.url}: what is published there now reaches nobody`,
        );
      }
    },
    onRetry: (link, error, attempt) =>
      log.warn(`${link.url}: ${error.message} (attempt ${attempt}; the face is kept)`),
    onLost: (message, link, error) =>
      log.error(`face ${message.userProperties?.id} did not reach ${link.url}: ${error.message}`),
  });
}

/** Source → faces → brokers, until the source ends, a limit is reached or a signal comes. */
export async function capture(options: CommandOptions<'capture'>, session: Session): Promise<void> {
  const { log, signal } = session;
  const closing = new Closing();
  try {
    const presence = new Presence(options.name, session.version);
    const links: Link[] = [];
    const announce = () => {
      for (const link of links) {
        if (link.connected) link.publish(presence.here()).catch((error) => log.debug(error.message));
      }
    };
    const source = await openWatched(
      options.source ?? (await defaultSource(log)),
      sourceOptions(options, session),
      session,
      (away) => {
        presence.away = away?.message;
        announce();
      },
    );
    const detector = closing.add(await openDetectorThread(options));
    const urls = options.broker?.length ? options.broker : [closing.add(await ownBroker(session)).url];
    links.push(...(await openLinks(urls, options, session, presence, closing)));
    const ended = new AbortController();
    for (const link of links) link.ended.then((reason) => ended.abort(reason));
    const latency = new Latency();
    const publisher = openPublisher(links, log, latency);
    const onFace = ({ id, seq }: { id: string; seq: number }) => log.debug({ id, seq }, 'face');
    const captor = new Captor(
      {
        ...captorOptions(options),
        source,
        detector,
        publisher,
        topic: options.topic,
        qos: options.qos,
        onFace,
      },
      AbortSignal.any([signal, ended.signal]),
    );
    presence.totals = () => ({
      ...captor.totals,
      lost: publisher.lost,
      restarts: source.restarts ?? 0,
      stalls: source.stalls ?? 0,
    });
    if (options.port !== undefined) {
      const metrics = captureMetrics(source, captor, publisher, latency);
      const away = () => links.find((link) => !link.connected);
      const ready = () => (away() ? `${away()?.url} is away` : source.away?.message);
      const health = closing.add(
        await serveHealth({
          port: options.port,
          ready,
          metrics: () => metrics.metrics(),
          contentType: metrics.contentType,
        }),
      );
      log.info(`health and metrics on port ${health.port}`);
    }
    log.info(`looking for faces in ${source.name} (stream ${captor.stream})`);
    const beats = setInterval(announce, beat);
    const published = () => [...publisher.published.values()];
    session.progress.start(() => {
      const { frames, skipped, corrupt, captured } = captor.totals;
      return `frames ${frames} (skipped ${skipped}, corrupt ${corrupt})  faces ${captured}  published ${published().join(' + ')}`;
    });
    try {
      await captor.run();
    } finally {
      await publisher.drain(drainTimeout);
      clearInterval(beats);
      session.progress.stop();
      const { frames, captured } = captor.totals;
      session.out(
        formatTotals(
          { frames, captured, published: Math.min(...published()), lost: publisher.lost },
          session.json,
        ),
      );
    }
    if (ended.signal.aborted) throw ended.signal.reason;
    if (publisher.lost > 0)
      throw cliError('FACEPIPE_E_UNDELIVERED', { count: publisher.lost, captured: captor.totals.captured });
  } finally {
    await closing.close();
  }
}
