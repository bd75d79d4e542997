import { deferred, expectMembers, FacepipeError } from '@facepipe/service';
import {
  type Arrival,
  decodeDeadLetter,
  decodeFace,
  decodeReceipt,
  decodeStatus,
  decodeVisit,
  deviceOf,
  type IncomingMessage,
  type Link,
  type LinkOptions,
  openLink,
  redact,
  topicFilters,
} from '@facepipe/wire';
import { reasonOf } from '../errors.js';
import { type Feed, pictureOf } from '../feed/feed.js';
import { samples } from '../feed/history.js';

export interface BrokerWatchOptions {
  link: LinkOptions;
  feed: Feed;
  /** Filter of the faces' topics; default `facepipe/+/faces`. */
  topic?: string;
  /** Told, in one line, of what cannot be read, and of the broker that goes. Must not throw. */
  onProblem?: (error: FacepipeError) => void;
}

/** A broker that is watched. */
export interface BrokerWatch {
  readonly link: Pick<Link, 'url' | 'connected'>;
  /** Resolves once the broker has granted everything: from here on nothing is missed while it is there. */
  readonly subscribed: Promise<void>;
  /** Resolves with what nothing will fix: the login is refused, or the subscriptions are. */
  readonly ended: Promise<FacepipeError>;
  close(): Promise<void>;
}

/** Bytes of messages that are being read at a time; more are left to the broker. */
const maxHeld = 32 * 2 ** 20;

/**
 * Follows everything on a broker, for the page: devices by their status, faces, visits, receipts, dead letters. It
 * subscribes with QoS 0 and a clean session, so that a page costs the broker nothing that stays.
 * One that is offline is waited for.
 * @throws FACEPIPE_E_ARGUMENT, and what `openLink` of @facepipe/wire throws
 */
export function watchBroker(options: BrokerWatchOptions): BrokerWatch {
  expectMembers('options', options, {
    feed: 'object',
    link: 'object',
    topic: 'text?',
    onProblem: 'function?',
  });
  const { feed, link: given, topic = topicFilters.faces } = options;
  const hop = 'broker';
  const detail = redact(given.url);
  const counts = { faces: 0, stored: 0, dead: 0 };
  feed.hop({ hop, title: 'Broker', detail, state: 'unknown', counts });
  feed.chart({ chart: 'faces', hop, title: 'Faces published', unit: 'faces/s' }, true);
  feed.chart({ chart: 'stored', hop, title: 'Faces stored', unit: 'faces/s' }, true);
  const tell = (error: FacepipeError, device?: string) => {
    const { message: text, code } = error;
    feed.problem({ level: 'warn', text, code, ...(device !== undefined && { device }) });
    options.onProblem?.(error);
  };
  const link = openLink({
    ...given,
    maxHeld,
    onConnect: () => feed.hop({ hop, state: 'up' }),
    onDisconnect: (error) => {
      feed.hop({ hop, state: 'down', ...reasonOf(error) });
      tell(error);
    },
  });

  async function face(message: IncomingMessage): Promise<void> {
    if (message.payload.length === 0) return;
    const arrival = await decodeFace(message);
    // the frame around a face is no face
    if (arrival.facts?.kind === 'context') return;
    const device = arrival.facts?.device ?? deviceOf(topic, message.topic) ?? '';
    counts.faces++;
    feed.face({ ...factsOf(arrival), device, payload: payloadOf(arrival) });
    if (arrival.facts) feed.step(arrival.id, 'captured', { at: arrival.facts.captured.getTime() });
    feed.step(arrival.id, 'edge');
  }

  function receipt(message: IncomingMessage): void {
    const { ids, dead } = decodeReceipt(message.payload);
    counts.stored += ids.length;
    counts.dead += dead.length;
    for (const id of ids) feed.step(id, 'stored');
    for (const { id, reason } of dead) feed.dead(id, reason);
  }

  /** What cannot be read is said, and passed over: one message never stops the page. */
  const reading =
    (filter: string, read: (message: IncomingMessage, device: string) => void | Promise<void>) =>
    async (message: IncomingMessage): Promise<void> => {
      const device = deviceOf(filter, message.topic) ?? '';
      try {
        await read(message, device);
      } catch (error) {
        if (!(error instanceof FacepipeError)) throw error;
        tell(error, device);
      }
    };

  const subscribe = (filter: string, read: Parameters<typeof reading>[1]) =>
    link.subscribe(filter, reading(filter, read), { qos: 0 });
  async function follow(): Promise<void> {
    await subscribe(topicFilters.status, ({ payload }, device) => {
      const status = payload.length === 0 ? undefined : decodeStatus(payload);
      // what is no status says nothing of the device
      if (status || payload.length === 0) feed.status(device, status);
    });
    await subscribe(topicFilters.visits, ({ payload }, device) => {
      const visit = decodeVisit(payload);
      if (visit) feed.visit(device, visit);
    });
    await subscribe(topicFilters.stored, receipt);
    await subscribe(topicFilters.dead, ({ payload }) => {
      const letter = decodeDeadLetter(payload);
      if (letter) feed.dead(letter.id, letter.reason);
    });
    await subscribe(topic, face);
  }

  const refused = deferred<FacepipeError>();
  const subscribed = deferred<void>();
  const following = follow().then(subscribed.resolve, (error: unknown) => {
    if (error instanceof FacepipeError) refused.resolve(error);
    else throw error;
  });
  const sampling = setInterval(() => {
    feed.hop({ hop, counts: { ...counts } });
    feed.sample({ faces: counts.faces, stored: counts.stored });
  }, samples.every);
  return {
    link,
    subscribed: subscribed.promise,
    ended: Promise.race([link.ended, refused.promise]),
    close: async () => {
      clearInterval(sampling);
      await link.close();
      await following;
    },
  };
}

const payloadOf = ({ payload, contentType }: Arrival) => ({ bytes: payload, contentType });

const factsOf = (arrival: Arrival) => (arrival.facts ? pictureOf(arrival.facts) : { id: arrival.id });
