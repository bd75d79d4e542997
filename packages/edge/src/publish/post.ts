import { deferred, FacepipeError, systemClock } from '@facepipe/service';
import { fillTopic, type Link, type LinkOptions, openLink } from '@facepipe/wire';
import type { Courier } from './courier.js';
import { assertNameFree, outageTimeout, type StatusPublisher } from './status-publisher.js';

export interface PostOptions {
  /** The device. */
  name: string;
  /** URL, credentials, and a client id that nobody can guess. */
  link: LinkOptions & { clientId: string };
  status: StatusPublisher;
  courier: Courier;
  /** Whether to listen to receipts. */
  receipts: boolean;
  onConnect: () => void;
  onAway: (reason: FacepipeError) => void;
  /** Another capture, or somebody who says so, has the name there. */
  onNameTaken: (reason: FacepipeError) => void;
}

/** How long a program waits for its broker before it begins without, ms. */
const greeting = 3000;
const farewell = 1000;

/** One broker of a capture: where its courier goes, and where its status is. It may be away when the capture starts. */
export class Post {
  readonly courier: Courier;
  /** Resolves with what nothing will mend: the login is refused, or the receipts are. */
  readonly ended: Promise<FacepipeError>;
  /** Resolves when the broker is there, has failed for the first time, or has kept us waiting for 3 s. */
  readonly greeted: Promise<unknown>;
  readonly #options: PostOptions;
  readonly #stop = new AbortController();
  readonly #opening: Promise<void>;
  #link: Link | undefined;
  #reached = false;

  constructor(options: PostOptions) {
    this.#options = options;
    this.courier = options.courier;
    const { promise: ended, resolve: end } = deferred<FacepipeError>();
    const { promise: greeted, resolve: greet } = deferred<void>();
    this.ended = ended;
    this.greeted = Promise.race([greeted, systemClock.sleep(greeting, this.#stop.signal)]);
    this.#opening = this.#open(greet, end).catch((error) => {
      if (this.#stop.signal.aborted) return;
      end(error);
      greet();
    });
  }

  /** Without userinfo. */
  get url(): string {
    return this.#link?.url ?? this.courier.broker;
  }

  get connected(): boolean {
    return this.#link?.connected ?? false;
  }

  /** Whether it was ever connected. */
  get reached(): boolean {
    return this.#reached;
  }

  /** See Link.contention. */
  get contention(): FacepipeError | undefined {
    return this.#link?.contention;
  }

  /** Bytes of the largest message the broker takes, if it ever announced one. */
  get maximumPacketSize(): number | undefined {
    return this.#link?.maximumPacketSize;
  }

  /** Publishes the status as it is now. Resolves with whether the broker has it. */
  async announce(timeout: number): Promise<boolean> {
    const { status, courier } = this.#options;
    if (!this.#link?.connected) return false;
    const said = this.#link.publish(status.here(courier.broker), { timeout });
    return said.then(
      () => true,
      () => false,
    );
  }

  /** Says good-bye, and lets go of what is not acknowledged: it is in the spool. */
  async close(): Promise<void> {
    const { status, courier } = this.#options;
    this.#stop.abort();
    await courier.stop();
    if (!this.#link) await this.#opening;
    const link = this.#link;
    if (link?.connected)
      await link.publish(status.gone(courier.broker), { timeout: farewell }).catch(() => {});
    await link?.close({ timeout: farewell });
    await this.#opening;
  }

  async #open(greet: () => void, end: (reason: FacepipeError) => void): Promise<void> {
    const { name, link, status, courier, receipts, onConnect, onAway } = this.#options;
    const away = (reason: FacepipeError) => {
      onAway(reason);
      greet();
    };
    const opened = openLink({
      ...link,
      // receipts wait in the broker while this is away
      clean: !receipts,
      publishTimeout: outageTimeout,
      will: status.gone(courier.broker),
      onConnect: async (connected) => {
        this.#reached = true;
        await connected.publish(status.here(courier.broker));
        onConnect();
        courier.connected();
        greet();
      },
      onDisconnect: away,
    });
    this.#link = opened;
    void opened.ended.then(end);
    courier.start(opened);
    void this.#watchName(opened);
    const topic = fillTopic('facepipe/{device}/stored', { device: name });
    if (receipts) await opened.subscribe(topic, ({ payload }) => courier.receive(payload));
  }

  /** Two of one name do each other no harm, but their faces are filed as those of one device. */
  async #watchName(link: Link): Promise<void> {
    const { name, status, onNameTaken } = this.#options;
    await assertNameFree(link, name, status.instance, this.#stop.signal).catch((error) => {
      // who may not read the status is not told
      if (error instanceof FacepipeError && error.code === 'FACEPIPE_E_NAME_TAKEN') onNameTaken(error);
    });
  }
}
