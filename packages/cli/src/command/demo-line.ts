import { randomBytes } from 'node:crypto';
import { type Store, startSink } from '@facepipe/cloud';
import { startBroker } from '@facepipe/edge/broker';
import { startForwarder } from '@facepipe/edge/forward';
import type { Closing } from '@facepipe/service';
import type { Feed } from '@facepipe/view';
import { clientIdFrom, connect, topicFilters, topics } from '@facepipe/wire';
import { logForward } from './forward.js';
import { LineFeed } from './line-feed.js';
import { FaceLog } from './log.js';
import type { Session } from './session.js';
import { logSink } from './sink.js';

const cloudTopic = 'cloud/{device}/faces';
const cloudFilter = 'cloud/+/faces';

/** What follows the capture of a demo, and the counts of its hops. */
export interface Line {
  /** URLs of the brokers. */
  readonly edge: string;
  readonly cloud: string;
  /** The template that faces are to have at the edge, and the client id of who publishes them. */
  readonly topic: string;
  readonly clientId: string;
  /** Tells the page the counts, and returns those of its charts. */
  readonly sample: () => Record<string, number | null>;
  readonly forwarded: number;
  readonly stored: number;
  readonly duplicates: number;
  /** By the logger at the edge. */
  readonly logged: number;
  readonly receipts: number;
  /** Of the latest face, from the camera to the folder, ms. */
  readonly lag: number;
}

/** Edge broker → forwarder → cloud broker → sink → folder, and a logger at the edge, all in this process. */
export async function openLine(
  store: Store,
  { log, signal }: Session,
  closing: Closing,
  feed: Feed,
): Promise<Line> {
  const onTrouble = (text: string) => log.warn(text);
  const edge = closing.add(await startBroker({ host: '127.0.0.1', port: 0, onTrouble }));
  const cloud = closing.add(await startBroker({ host: '127.0.0.1', port: 0, onTrouble }));
  // for this run: its brokers keep no session longer
  const secret = randomBytes(32);
  const idOf = (role: string) => clientIdFrom(role, secret, []);
  let lag = 0;
  const onSink = logSink(log);
  const page = new LineFeed({ feed, cloud: cloud.url, store: store.url });
  const sink = await startSink({
    link: { url: cloud.url },
    secret,
    topic: cloudFilter,
    store,
    key: '{device}/{yyyy}/{mm}/{dd}/{id}.{ext}',
    concurrency: 16,
    deadLetter: topics.dead,
    onEvent: (event) => {
      if (event.type === 'stored') lag = event.lag ?? lag;
      page.sink(event);
      onSink(event);
    },
  });
  closing.afterwards(() => sink.stop());
  const onForward = logForward(log);
  const forwarder = await startForwarder(
    {
      from: { url: edge.url, clientId: idOf('forward') },
      to: { url: cloud.url, clientId: idOf('forward') },
      fromTopic: topicFilters.faces,
      toTopic: cloudTopic,
      qos: 1,
      onEvent: (event) => {
        page.forward(event);
        onForward(event);
      },
    },
    signal,
  );
  closing.afterwards(() => forwarder.stop());
  const watcher = closing.add(await connect({ url: edge.url }, signal));
  const logger = new FaceLog(topicFilters.faces, (line) => log.debug(line), log);
  await logger.watch(watcher, 1);
  return {
    edge: edge.url,
    cloud: cloud.url,
    topic: topics.faces,
    clientId: idOf('capture'),
    sample: () => page.sample(forwarder.totals, sink.totals),
    get forwarded() {
      return forwarder.totals.forwarded;
    },
    get stored() {
      return sink.totals.stored;
    },
    get duplicates() {
      return sink.totals.duplicates;
    },
    get logged() {
      return logger.faces;
    },
    get receipts() {
      return logger.receipts;
    },
    get lag() {
      return lag;
    },
  };
}
