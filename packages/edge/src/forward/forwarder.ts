import { expectArgument, expectMembers, type FacepipeError, systemClock } from '@facepipe/service';
import {
  connect,
  type IncomingMessage,
  isRival,
  type Link,
  type LinkOptions,
  matches,
  openLink,
  topicFilters,
  untilGranted,
} from '@facepipe/wire';
import { Awaited } from './awaited.js';
import { Bell } from './bell.js';
import { Carrier } from './carrier.js';
import { DeadLetters, letterTopic } from './dead-letters.js';
import { type ForwardEvent, type ForwardTotals, noTotals, type Side } from './event.js';
import { LinkPublisher } from './link-publisher.js';
import { Receipts } from './receipts.js';
import { Route, type RouteOptions, receiptTopic } from './route.js';
import { sameBroker } from './same-broker.js';
import { Target } from './target.js';
import { viaToken } from './via.js';
import { VisitCarrier, visitsRoute } from './visit-carrier.js';

export interface ForwarderOptions extends RouteOptions {
  from: LinkOptions;
  to: LinkOptions;
  onEvent?: (event: ForwardEvent) => void;
}

export interface Forwarder {
  readonly totals: ForwardTotals;
  readonly connected: Readonly<Record<Side, boolean>>;
  /** See Link.contention. */
  readonly contention: FacepipeError | undefined;
  /** Resolves once both sides have been there, and the source has granted the subscription. */
  readonly subscribed: Promise<void>;
  /** Why a side has not been there yet; undefined once both have been. */
  readonly waiting: string | undefined;
  /** Why nothing passes although both sides are there; undefined while something does. */
  readonly trouble: string | undefined;
  /** Devices that the target refuses while it takes others, each with the reason; at most 1000. */
  readonly aside: readonly { readonly device: string; readonly error: FacepipeError }[];
  /** Resolves with what no waiting fixes; a forwarder of `startForwarder` has no such end. */
  readonly ended: Promise<FacepipeError>;
  stop(): Promise<void>;
}

const drainTimeout = 8000;
/** ms that a forwarder waits for its brokers before it begins without. */
const greeting = 3000;

const members = {
  from: 'object',
  to: 'object',
  fromTopic: 'text',
  toTopic: 'text',
  onEvent: 'function?',
} as const;

/**
 * Carries messages from one broker to another; each is acknowledged at its source once its target has acknowledged it,
 * or once its dead letter is at the source, where the target takes others and not this one. Receipts
 * (`facepipe/{device}/stored`) of the devices that were forwarded are carried back the same way. What happens to visits
 * goes along beside the faces where both topics end in `/faces`, as news: none of it is kept, or held up for.
 * @throws FACEPIPE_E_FILTER, FACEPIPE_E_TOPIC, FACEPIPE_E_FORWARD_FILTER, FACEPIPE_E_FORWARD_LOOP, and what `connect`
 *   throws
 */
export async function startForwarder(options: ForwarderOptions, signal: AbortSignal): Promise<Forwarder> {
  expectMembers('options', options, members);
  expectArgument('signal', signal, 'signal');
  const { forwarder, subscribe } = await assemble(options, (link) => connect(link, signal));
  try {
    await subscribe();
  } catch (error) {
    await forwarder.stop();
    throw error;
  }
  return forwarder;
}

/**
 * A forwarder that starts without its brokers, as `startForwarder` does with them. Resolves when both are there, when
 * what is not has failed once, or after 3 s, and goes on trying for as long as it takes: `waiting` tells why. Only what
 * no waiting fixes ends it (`ended`): refused credentials, a certificate, a refused subscription.
 * @param signal ends the start, not the forwarder
 * @throws FACEPIPE_E_FILTER, FACEPIPE_E_TOPIC, FACEPIPE_E_FORWARD_FILTER, FACEPIPE_E_FORWARD_LOOP,
 *   FACEPIPE_E_BROKER_URL, FACEPIPE_E_CLIENT_ID, what no waiting fixes, or signal.reason
 */
export async function openForwarder(options: ForwarderOptions, signal: AbortSignal): Promise<Forwarder> {
  expectMembers('options', options, members);
  expectArgument('signal', signal, 'signal');
  const parts = await assemble(options, async (link) => openLink(link));
  const { awaited, forwarder, away, end: finish } = parts;
  void untilGranted(parts.subscribe, (error) => away('from', error)).then((error) => error && finish(error));
  const over = new AbortController();
  const late = systemClock.sleep(greeting, AbortSignal.any([signal, over.signal]));
  const begun = Promise.race([awaited.greeted, late]).then(() => undefined);
  const end = await Promise.race([forwarder.ended, begun]);
  over.abort();
  if (!end && !signal.aborted) return forwarder;
  await forwarder.stop();
  throw signal.aborted ? signal.reason : end;
}

/** A forwarder whose source is not subscribed to yet. */
interface Parts {
  forwarder: Forwarder;
  awaited: Awaited;
  subscribe: () => Promise<void>;
  /** Tells why a side is not there. */
  away: (side: Side, reason: FacepipeError) => void;
  end: (reason: FacepipeError) => void;
}

async function assemble(
  options: ForwarderOptions,
  connectTo: (link: LinkOptions) => Promise<Link>,
): Promise<Parts> {
  const { onEvent } = options;
  const oneBroker = await sameBroker(options.from.url, options.to.url);
  const route = new Route(options, oneBroker);
  const visitsBy = visitsRoute(options, oneBroker);
  const totals = noTotals();
  const stopping = new AbortController();
  const clock = systemClock;
  const bell = new Bell(clock);
  const onLost: Partial<Record<Side, () => void>> = {};
  const strays = new Set<Side>();

  /**
   * What a session holds and nobody here asked for: an earlier run did, or somebody else under its client id. The
   * source's is kept as a dead letter; what the forwarder itself sends comes back for ever if it is, and is dropped as
   * the target's is, and as news of visits.
   */
  async function takeUnclaimed(side: Side, message: IncomingMessage, error: FacepipeError): Promise<void> {
    const { topic } = message;
    const dropped = [receiptTopic('+'), letterTopic('+'), visitsBy?.filter ?? topicFilters.visits];
    if (side === 'from' && !dropped.some((filter) => matches(filter, topic)))
      return carrier.stray(message, error);
    if (!strays.has(side)) onEvent?.({ type: 'stray', topic, error });
    strays.add(side);
  }

  const awaited = new Awaited({ from: options.from.url, to: options.to.url });
  const away = (side: Side, error: FacepipeError) => {
    awaited.away(side, error.message);
    onEvent?.({ type: 'offline', side, reason: error.message, error, lasting: isRival(error) });
  };
  const open = (side: Side, link: LinkOptions) =>
    connectTo({
      ...link,
      clean: false,
      onConnect: () => {
        onEvent?.({ type: 'online', side });
        // the source is there once it has granted the subscription
        if (side === 'to') awaited.here(side);
      },
      onDisconnect: (reason) => {
        onLost[side]?.();
        away(side, reason);
      },
      onUnclaimed: (message, error) => takeUnclaimed(side, message, error),
    });
  const to = await open('to', options.to);
  let from: Link;
  try {
    from = await open('from', options.from);
  } catch (error) {
    await to.close();
    throw error;
  }

  const [back, out] = [new LinkPublisher(from, clock), new LinkPublisher(to, clock)];
  const shared = { totals, bell, clock, stopping: stopping.signal, onEvent };
  const receipts = new Receipts({ ...shared, from, to, publisher: back });
  const letters = new DeadLetters(back, () => from.connected, clock);
  const target = new Target({ ...shared, url: to.url, publisher: out });
  const token = viaToken(to.clientId);
  const carrier = new Carrier({ ...shared, route, token, target, letters, receipts });
  const visits = visitsBy && new VisitCarrier({ ...shared, route: visitsBy, token, from, publisher: out });
  onLost.from = () => {
    back.lost();
    visits?.sourceLost();
    carrier.sourceLost();
  };
  onLost.to = () => {
    out.lost();
    receipts.lost();
  };

  // of devices that an earlier run forwarded, too: their queue is in the session
  to.claim(receiptTopic('+'), (message) => receipts.carry(message));
  const working = carrier.run();
  let end: (reason: FacepipeError) => void = () => {};
  const ended = new Promise<FacepipeError>((resolve) => {
    end = resolve;
  });
  for (const link of [from, to]) void link.ended.then(end);
  const subscribe = async () => {
    const carry = (message: IncomingMessage) => {
      visits?.watch();
      return carrier.carry(message);
    };
    await from.subscribe(route.filter, carry, { qos: 1 });
    visits?.watch();
    awaited.here('from');
  };

  const forwarder: Forwarder = {
    totals,
    get connected() {
      return { from: from.connected, to: to.connected };
    },
    get contention() {
      return from.contention ?? to.contention;
    },
    subscribed: awaited.complete,
    get waiting() {
      return awaited.reason;
    },
    get trouble() {
      return target.trouble;
    },
    get aside() {
      return target.aside.devices.map(({ device, refusal }) => ({ device, error: refusal.error }));
    },
    ended,
    stop: async () => {
      const abort = () => {
        stopping.abort();
        bell.ring();
      };
      // the source first: its handlers may still need the target
      const timer = setTimeout(abort, drainTimeout);
      await from.close({ timeout: drainTimeout });
      clearTimeout(timer);
      abort();
      await Promise.all([working, to.close({ timeout: 1000 })]);
    },
  };
  return { forwarder, awaited, subscribe, away, end };
}
