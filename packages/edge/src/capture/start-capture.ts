import { Closing, expectArgument, systemClock, unlessAborted } from '@facepipe/service';
import { clientIdFrom, defaultMaximumPacketSize, parseBroker, topics } from '@facepipe/wire';
import { Losses } from '../publish/losses.js';
import { Publisher } from '../publish/publisher.js';
import type { PublisherEvent } from '../publish/publisher-event.js';
import { beat, StatusPublisher } from '../publish/status-publisher.js';
import { lastingSource } from '../source/lasting.js';
import { openSpool } from '../spool/open.js';
import { spoolSecret } from '../spool/spool-secret.js';
import { OwedFolder } from '../visit/owed-folder.js';
import { type CaptureOptions, checkCaptureOptions } from './capture-options.js';
import { FaceCapture } from './face-capture.js';
import { Latency } from './latency.js';
import { captureMetrics, type WatchedSource } from './metrics.js';
import {
  type Capture,
  limitOf,
  type RunTotals,
  type Unsent,
  unreadyReason,
  unsentOf,
} from './running-capture.js';

/** How long the end of a capture waits for its brokers, ms. */
const drainTimeout = 8000;
const week = 7 * 24 * 3600_000;

/**
 * Starts a capture: frames from a source, their faces into a spool, and from there to brokers. A face is kept, whatever
 * ends the program, until every broker has it. Resolves when each broker is there, has failed once, or has kept it
 * waiting for 3 s; one that is offline is tried for as long as it takes.
 * @param signal no more frames are looked at, as with `stop`, which is to be called all the same
 * @throws FACEPIPE_E_ARGUMENT, FACEPIPE_E_TOPIC, FACEPIPE_E_BROKER_URL, FACEPIPE_E_SPOOL_OPTION (exit 2), and what
 *   `openSpool` throws; the faults of the source and of brokers end it (`Capture.ended`)
 */
export async function startCapture(options: CaptureOptions, signal: AbortSignal): Promise<Capture> {
  checkCaptureOptions(options);
  expectArgument('signal', signal, 'signal');
  const closing = new Closing();
  try {
    return await assemble(options, signal, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function assemble(options: CaptureOptions, signal: AbortSignal, closing: Closing): Promise<Capture> {
  const { detector, name, version, until = 'acked', onEvent: tell = () => {} } = options;
  const { folder, maxBytes = 1e9, ttl = week, full } = options.spool;
  const { live } = options.source;
  const targets = new Map(options.brokers.map(({ name, link }) => [name ?? parseBroker(link.url).url, link]));
  const brokers = [...targets.keys()];

  const losses = new Losses();
  const spool = closing.add(
    await openSpool(folder, {
      brokers,
      maxBytes,
      ttl,
      full: full ?? (live ? 'drop-oldest' : 'stop'),
      onDrop: losses.add,
    }),
  );
  tell({ type: 'opened', folder, spool });

  const stopping = new AbortController();
  const failed = new AbortController();
  const status = new StatusPublisher(name, version, statusTotals, () => ({
    active: faceCapture.active,
    ...(options.watcher && { viewers: options.watcher.viewers }),
  }));
  const source = watched(options, (away) => {
    status.away = away?.message;
    void announce();
  });
  const faceCapture = new FaceCapture(
    {
      source,
      detector,
      spool,
      name,
      detection: options.detection ?? {},
      topic: options.topic ?? topics.faces,
      qos: options.qos ?? 1,
      format: options.format ?? 'png',
      quality: options.quality ?? 90,
      padding: options.padding ?? 0.3,
      ...(options.context !== undefined && { context: options.context }),
      visits: options.visits ?? {},
      motion: options.motion ?? live,
      ...(options.looks && { looks: options.looks }),
      ...(options.include && { include: options.include }),
      ...(options.exclude && { exclude: options.exclude }),
      folder: new OwedFolder(folder),
      limit: () => limitOf(publishers, options.maxMessage ?? defaultMaximumPacketSize),
      ...(options.frames !== undefined && { frames: options.frames }),
      ...(options.duration !== undefined && { duration: options.duration }),
      ...(options.watcher && { watcher: options.watcher }),
      onFace: (face, message) => tell({ type: 'face', face, message }),
      onRefused: (error) => tell({ type: 'refused', error }),
      onLost: (lost) => tell({ type: 'lost', lost }),
      onUnkept: (error) => tell({ type: 'unkept', folder, error }),
      onDamaged: (files) => tell({ type: 'visits-damaged', folder, files }),
      onStatic: (visit) => tell({ type: 'static', visit }),
      onPoor: (visit, quality) => tell({ type: 'poor', visit, quality }),
      onVisit: (visit) => {
        for (const publisher of publishers) publisher.visit(visit);
        tell({ type: 'visit', visit });
      },
    },
    AbortSignal.any([signal, stopping.signal, failed.signal]),
  );

  const latency = new Latency();
  const secret = await spoolSecret(folder, (file) => tell({ type: 'secret-replaced', file }));
  const publishers = [...targets].map(([broker, link]) => {
    // the name too: under another one other receipts are waited for
    const clientId = link.clientId ?? clientIdFrom('capture', secret, [broker, name]);
    tell({ type: 'connecting', broker, clientId });
    return closing.add(
      new Publisher({
        name,
        broker,
        spool,
        status,
        link: { ...link, clientId },
        until,
        receiptTimeout: options.receiptTimeout ?? 60_000,
        backlogShare: options.backlogShare ?? 0.5,
        live,
        onEvent: (event) => {
          if (event.type === 'published') observe(event, latency);
          tell(event);
        },
      }),
    );
  });
  for (const publisher of publishers) void publisher.ended.then((reason) => failed.abort(reason));
  const greeted = Promise.all(publishers.map((publisher) => publisher.greeted));
  await unlessAborted(greeted, AbortSignal.any([signal, stopping.signal]));
  status.begin();

  function totals(): RunTotals {
    const counts = publishers.map((publisher) => publisher.totals);
    return {
      ...faceCapture.totals,
      published: Math.min(...counts.map(({ published }) => published)),
      earlier: Math.min(...counts.map(({ earlier }) => earlier)),
      stored: Math.min(...counts.map(({ stored }) => stored)),
      dead: counts.reduce((sum, { dead }) => sum + dead, 0),
      spooled: spool.stats().faces,
      dropped: losses.total,
      lost: losses.total + faceCapture.totals.refused,
    };
  }

  function statusTotals(): Record<string, number> {
    const { published, stored, dead, spooled, dropped, lost } = totals();
    const { restarts = 0, stalls = 0 } = source;
    const beyond = until === 'stored' && { stored, dead };
    return { ...faceCapture.totals, published, ...beyond, spooled, dropped, lost, restarts, stalls };
  }

  async function announce(): Promise<void> {
    await Promise.all(publishers.map((publisher) => publisher.announce(beat)));
  }

  let wasFull = false;
  /** Says which faces were dropped, and tells the brokers that were owed them, if they are there. */
  async function tellLosses(): Promise<void> {
    for (const range of losses.takeUntold())
      tell({ type: 'dropped', stream: spool.streamOf(range.from), ...range });
    const isFull = spool.stats().full;
    if (isFull && !wasFull) tell({ type: 'full', folder });
    wasFull = isFull;
    await Promise.all(publishers.map((publisher) => publisher.announceDropped()));
  }

  /** Waits for the brokers, at most `drainTimeout`; what is left waits for the next run. */
  async function drain(): Promise<void> {
    const deadline = new AbortController();
    const late = systemClock.sleep(drainTimeout, deadline.signal).then(() => deadline.abort());
    await Promise.all(publishers.map((publisher) => publisher.drained(deadline.signal)));
    deadline.abort();
    await late;
    const { faces } = spool.stats();
    if (faces > 0) tell({ type: 'left', faces, folder });
  }

  let unsent: Unsent | undefined;
  async function run(): Promise<Error | undefined> {
    const beats = setInterval(() => void tellLosses().then(announce), beat);
    const fault = failed.signal.aborted ? undefined : await faceCapture.run().then(() => undefined, asError);
    if (!failed.signal.aborted) await drain();
    unsent = unsentOf(publishers);
    clearInterval(beats);
    await tellLosses();
    return fault ?? (failed.signal.aborted ? asError(failed.signal.reason) : undefined);
  }

  const metrics = captureMetrics({ source, detector, faceCapture, spool, publishers, losses, latency });
  const ended = run();
  let stopped: Promise<void> | undefined;
  return {
    get totals() {
      return totals();
    },
    get active() {
      return faceCapture.active;
    },
    stream: spool.stream,
    brokers: publishers,
    get ready() {
      return unreadyReason(publishers, spool.stats().full, source.away, faceCapture.refusal);
    },
    metrics,
    ended,
    get unsent() {
      return unsent;
    },
    stop: () => {
      stopping.abort();
      stopped ??= ended.then(() => closing.close());
      return stopped;
    },
  };
}

/** The source under its watchdog, where one is asked for. */
function watched(
  { source, stall, onEvent }: CaptureOptions,
  onChange: (away: Error | undefined) => void,
): WatchedSource {
  if (stall === undefined) return source;
  return lastingSource(source, {
    stall,
    onAway: (error) => {
      onEvent?.({ type: 'source-away', error });
      onChange(error);
    },
    onBack: (after) => {
      onEvent?.({ type: 'source-back', name: source.name, after });
      onChange(undefined);
    },
  });
}

function observe({ face }: Extract<PublisherEvent, { type: 'published' }>, latency: Latency): void {
  const { captured } = face.userProperties ?? {};
  if (captured !== undefined) latency.observe(new Date(captured));
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
