import {
  checkFilter,
  deviceOf,
  fillTopic,
  type IncomingMessage,
  matches,
  type OutgoingMessage,
  type QoS,
} from '@facepipe/wire';
import { cliError } from '../error.js';
import { withVia } from './via.js';

export interface RouteOptions {
  /** Filter of the messages to take. */
  fromTopic: string;
  /** Topic they get at the target; `{device}` is the level that `+` matched. */
  toTopic: string;
  qos: QoS;
}

/** Where receipts of a device's faces come by. */
export const receiptTopic = (device: string): string => `facepipe/${device}/stored`;

/** Which messages are taken, and what they become at the target. */
export class Route {
  readonly filter: string;
  readonly #template: string;
  readonly #qos: QoS;

  /**
   * @param sameBroker whether source and target are one
   * @throws FACEPIPE_E_FILTER, FACEPIPE_E_TOPIC, FACEPIPE_E_FORWARD_FILTER, FACEPIPE_E_FORWARD_LOOP
   */
  constructor({ fromTopic, toTopic, qos }: RouteOptions, sameBroker: boolean) {
    checkFilter(fromTopic);
    if (!fromTopic.split('/').includes('+'))
      throw cliError('FACEPIPE_E_FORWARD_FILTER', { topic: fromTopic });
    const target = fillTopic(toTopic, { device: 'device' });
    if (sameBroker && matches(fromTopic, target)) {
      throw cliError('FACEPIPE_E_FORWARD_LOOP', { from: fromTopic, to: toTopic });
    }
    this.filter = fromTopic;
    this.#template = toTopic;
    this.#qos = qos;
  }

  /** Undefined where the topic names no device. */
  deviceOf(topic: string): string | undefined {
    return deviceOf(this.filter, topic);
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
