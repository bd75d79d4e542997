import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { openStore, startSink } from '@facepipe/cloud';
import { startBroker } from '@facepipe/edge/broker';
import { startForwarder } from '@facepipe/edge/forward';
import type { Closing } from '@facepipe/service';
import { clientIdFrom, connect, topicFilters, topics } from '@facepipe/wire';
import { logForward } from './forward.js';
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
  bucket: string,
  mode: number,
  { log, signal }: Session,
  closing: Closing,
): Promise<Line> {
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
    topic: cloudFilter,
    store,
    key: '{device}/{yyyy}/{mm}/{dd}/{id}.{ext}',
    concurrency: 16,
    deadLetter: topics.dead,
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
      fromTopic: topicFilters.faces,
      toTopic: cloudTopic,
      qos: 1,
      onEvent: logForward(log),
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
