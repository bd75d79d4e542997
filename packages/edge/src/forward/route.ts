import {
  checkFilter,
  deviceOf,
  fillTopic,
  type IncomingMessage,
  matches,
  type OutgoingMessage,
  type QoS,
  topicFilters,
  topics,
} from '@facepipe/wire';
import { edgeError } from '../errors.js';
import { withVia } from './via.js';

export interface RouteOptions {
  /** Filter of the messages to take. */
  fromTopic: string;
  /**
   * Topic they get at the target; `{device}` is the level that `+` matched. Without a `+` there is one device: the
   * second level of this topic, as in `facepipe/{device}/faces`, or its only one.
   */
  toTopic: string;
  qos: QoS;
}

/** Where receipts of a device's faces come by; of all, with `+`. */
export const receiptTopic = (device: string): string =>
  device === '+' ? topicFilters.stored : fillTopic(topics.stored, { device });

/** Which messages are taken, and what they become at the target. */
export class Route {
  readonly filter: string;
  readonly #template: string;
  readonly #qos: QoS;
  /** Of all that is taken, where the filter names none. */
  readonly #device: string | undefined;

  /**
   * @param sameBroker whether source and target are one
   * @throws FACEPIPE_E_FILTER, FACEPIPE_E_TOPIC, FACEPIPE_E_FORWARD_FILTER, FACEPIPE_E_FORWARD_LOOP
   */
  constructor({ fromTopic, toTopic, qos }: RouteOptions, sameBroker: boolean) {
    checkFilter(fromTopic);
    const target = fillTopic(toTopic, { device: 'device' });
    if (!fromTopic.split('/').includes('+')) {
      if (target !== toTopic) throw edgeError('FACEPIPE_E_FORWARD_FILTER', { from: fromTopic, to: toTopic });
      const [first, second = first] = toTopic.split('/');
      this.#device = second || first;
    }
    if (sameBroker && matches(fromTopic, target)) {
      throw edgeError('FACEPIPE_E_FORWARD_LOOP', { from: fromTopic, to: toTopic });
    }
    this.filter = fromTopic;
    this.#template = toTopic;
    this.#qos = qos;
  }

  /** Undefined where the topic names no device. */
  deviceOf(topic: string): string | undefined {
    return this.#device ?? deviceOf(this.filter, topic);
  }

  /**
   * @param token of this forwarder
   * @throws FACEPIPE_E_TOPIC
   */
  outgoing(
    { payload, contentType, ...message }: IncomingMessage,
    device: string,
    token: string,
  ): OutgoingMessage {
    const topic = fillTopic(this.#template, { device });
    const userProperties = withVia(message.userProperties, token);
    return { topic, payload, qos: this.#qos, userProperties, ...(contentType && { contentType }) };
  }
}
