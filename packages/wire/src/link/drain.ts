import { type Deferred, deferred } from '@facepipe/service';
import type { Connection } from './connection.js';
import type { Inbox } from './inbox.js';
import type { Outbox } from './outbox.js';
import type { Subscriptions } from './subscriptions.js';

/** The end of a link that takes its time: what was taken is handled, and what was given is published. */
export class Drain {
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #subscriptions: Subscriptions;
  #change: Deferred<void> = deferred();

  constructor(inbox: Inbox, outbox: Outbox, subscriptions: Subscriptions) {
    this.#inbox = inbox;
    this.#outbox = outbox;
    this.#subscriptions = subscriptions;
  }

  /** To be called whenever something is handled, acknowledged, published or lost. */
  changed(): void {
    this.#change.resolve();
    this.#change = deferred();
  }

  /** Takes nothing more and waits until all is handled, acknowledged and published. */
  async finish(connection: Connection, hurry: AbortSignal): Promise<void> {
    this.#inbox.stop();
    await this.#quiet(connection, hurry);
  }

  /** Leaves the subscriptions, and goes on taking until the broker has nothing queued for this session. */
  async leave(connection: Connection, hurry: AbortSignal): Promise<void> {
    const { filters } = this.#subscriptions;
    await Promise.all(filters.map((filter) => connection.unsubscribe(filter)));
    for (let received = -1; received !== this.#inbox.received && !hurry.aborted && connection.open; ) {
      await this.#quiet(connection, hurry);
      received = this.#inbox.received;
      // The answer comes behind the messages that our acknowledgements made room for.
      if (filters[0] !== undefined) await connection.unsubscribe(filters[0]);
    }
  }

  async #quiet(connection: Connection, hurry: AbortSignal): Promise<void> {
    // What is parked stays unacknowledged; what was handled counts only once its acknowledgement is out.
    const busy = () => !this.#inbox.idle || this.#outbox.size > 0 || connection.owed > this.#inbox.parked;
    while (!hurry.aborted && connection.open && busy()) await this.#change.promise;
  }
}
