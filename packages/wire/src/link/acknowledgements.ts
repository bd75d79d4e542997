/** One message that waits for its acknowledgement. */
export interface Ticket {
  readonly packetId: number;
  /** What acknowledges it: PUBACK for QoS 1, PUBREC for QoS 2. */
  readonly answer: 'puback' | 'pubrec';
  finished: boolean;
}

/**
 * The acknowledgements owed on one connection. They leave in the order the messages came [MQTT-4.6.0-2, -3],
 * so one that is ready early waits for those before it.
 */
export class Acknowledgements {
  #owed: Ticket[] = [];

  /** How many messages wait. */
  get size(): number {
    return this.#owed.length;
  }

  /** A message came. */
  arrive(packetId: number, answer: Ticket['answer']): Ticket {
    const ticket = { packetId, answer, finished: false };
    this.#owed.push(ticket);
    return ticket;
  }

  /** A message is done with. Returns those that may be acknowledged now, in order. */
  finish(ticket: Ticket): Ticket[] {
    ticket.finished = true;
    const first = this.#owed.findIndex((other) => !other.finished);
    return this.#owed.splice(0, first < 0 ? this.#owed.length : first);
  }

  /** The connection is gone, and with it what was owed: its packet ids mean other messages on the next one. */
  discard(): void {
    this.#owed = [];
  }
}
