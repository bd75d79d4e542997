import type { FacepipeError } from '@facepipe/service';
import type { OutgoingMessage, QoS } from '../message/message.js';
import type { Handler } from './inbox.js';

/** A connection to one broker that is kept up until `close`. */
export interface Link {
  /** Without userinfo. */
  readonly url: string;
  readonly clientId: string;
  /** Of the present connection, or the last one; 5 before the first. */
  readonly protocolVersion: 4 | 5;
  readonly connected: boolean;
  /**
   * What is wrong while something ends the connection again and again: a rival with the same client id
   * (FACEPIPE_E_CLIENT_ID_SHARED), or what looks like one (FACEPIPE_E_BROKER_HANGS_UP). Undefined once a connection has
   * lasted a minute.
   */
  readonly contention: FacepipeError | undefined;
  /** Whether the broker still had the session at the last connect. */
  readonly sessionPresent: boolean;
  /** Bytes of payload in unfinished handlers. */
  readonly held: number;
  /**
   * Bytes of the largest packet that can be published: the link's own limit, or the broker's where it announced a lower
   * one.
   */
  readonly maximumPacketSize: number;
  /**
   * Resolves when the link has ended for good: it was opened without its broker, which then refused it (`openLink`).
   * Everything else, refused credentials and a rival with the same client id included, is tried again for ever.
   */
  readonly ended: Promise<FacepipeError>;
  /**
   * Resolves on PUBACK (QoS 1), PUBCOMP (QoS 2) or when written (QoS 0). While there is no connection, or `maxInflight`
   * messages are unanswered, it waits; after a reconnect it is sent again. QoS 2 is exactly once within a connection,
   * at least once over a reconnect. `routed` is false where an MQTT 5 broker said that nobody subscribes (reason 16).
   * @param options `timeout` in milliseconds, default `publishTimeout`; `signal` ends the attempt earlier, with its
   *   reason. The message is never sent after either
   * @throws FACEPIPE_E_TOPIC, FACEPIPE_E_PROPERTY, FACEPIPE_E_TOO_LARGE, FACEPIPE_E_PUBLISH_DENIED,
   *   FACEPIPE_E_PUBLISH_REFUSED, FACEPIPE_E_PUBLISH_TIMEOUT, FACEPIPE_E_LINK_CLOSED, FACEPIPE_E_BROKER_LOST (QoS 0)
   */
  publish(
    message: OutgoingMessage,
    options?: { timeout?: number; signal?: AbortSignal },
  ): Promise<{ routed: boolean }>;
  /**
   * Subscribes, with QoS 1 at most, and again on every connect. Handlers run side by side, as many as messages come; a
   * message that several filters match goes to each of them. Resolving the handler's promise acknowledges the message.
   * Rejecting it breaks the connection off, so that the broker sends the message again after the reconnect if the
   * session is persistent; messages still in other handlers come again too, with their handlers still running. A broker
   * that on a later connection refuses what it granted before makes that connection fail, unless there is `onRefused`:
   * then only this subscription ends, and no connection waits for its answer.
   * @param options `qos` 0 or 1 (2 counts as 1), default 1. `onRefused` is called with the refusal of what was granted
   *   before. The deadline is `publishTimeout`, from the first connection on
   * @throws FACEPIPE_E_FILTER, FACEPIPE_E_SUBSCRIBE_REFUSED, FACEPIPE_E_SHARED_UNSUPPORTED,
   *   FACEPIPE_E_SUBSCRIBE_TIMEOUT, FACEPIPE_E_LINK_CLOSED
   */
  subscribe(
    filter: string,
    handler: Handler,
    options?: { qos?: QoS; onRefused?: (error: FacepipeError) => void },
  ): Promise<void>;
  /**
   * Handles messages of a resumed session that match, as `subscribe` would, without asking the broker for anything: for
   * what an earlier run of the program subscribed to and this one does not know yet.
   * @throws FACEPIPE_E_FILTER, FACEPIPE_E_LINK_CLOSED
   */
  claim(filter: string, handler: Handler): void;
  /** Resolves when the broker confirmed; without a connection at once, and it is made up for at the next connect. */
  unsubscribe(filter: string): Promise<void>;
  /**
   * Stops taking messages, waits for handlers and publishes, acknowledges, says DISCONNECT. While there is no
   * connection it ends at once. Publishes without an answer reject with FACEPIPE_E_LINK_CLOSED. Idempotent; never
   * rejects.
   * @param options `timeout` in milliseconds for what is unfinished, default 10,000; `keepSubscriptions` (default true)
   *   false unsubscribes first and takes what the broker had queued for this session, to leave a shared subscription
   *   without loss
   */
  close(options?: { timeout?: number; keepSubscriptions?: boolean }): Promise<void>;
}
