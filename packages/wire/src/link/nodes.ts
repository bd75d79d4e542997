import { FacepipeError } from '@facepipe/service';
import { wireError } from '../errors.js';
import type { Broker } from './broker-url.js';
import type { Connection, Receiver } from './connection.js';
import { dial } from './dial.js';
import type { Login } from './login.js';
import { isFinal } from './refusal.js';

/** How long a node may take to acknowledge before another is asked, ms; a caller's own timeout may be shorter. */
const acknowledgeTimeout = 10_000;

/** The nodes of a broker, or the one that it is: which does not serve is passed over for the next. */
export class Nodes {
  readonly #nodes: readonly Broker[];
  #present = 0;

  constructor(broker: Broker) {
    this.#nodes = broker.nodes ?? [broker];
  }

  /** A publish had no answer for `timeout` ms: a node without a majority takes connections and answers nothing. */
  unanswered(timeout: number, connection: Connection | undefined): void {
    if (this.#nodes.length < 2 || timeout < acknowledgeTimeout) return;
    const { name = '' } = this.#nodes[this.#present] ?? {};
    const reason = 'it acknowledges nothing, and there are other nodes';
    connection?.drop(wireError('FACEPIPE_E_BROKER_LOST', { broker: name, reason }));
  }

  /** The present one does not serve. */
  pass(): void {
    this.#present = (this.#present + 1) % this.#nodes.length;
  }

  /** One attempt at each, beginning with the present one, until one is connected. @throws as `dial`, of the last */
  async dial(
    login: Login,
    known: 4 | 5 | undefined,
    receiver: Receiver,
    signal: AbortSignal | undefined,
  ): Promise<Connection> {
    let failure: unknown;
    for (let left = this.#nodes.length; left > 0; left--) {
      const node = this.#nodes[this.#present];
      try {
        if (node) return await dial(node, login, known, receiver, signal);
      } catch (error) {
        // what one says of a password the others would say, too
        if (signal?.aborted || (error instanceof FacepipeError && isFinal(error))) throw error;
        failure = error;
      }
      this.pass();
    }
    throw failure;
  }
}
