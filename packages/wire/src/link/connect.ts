import type { Link } from './link.js';
import type { LinkOptions } from './link-options.js';
import { MqttLink } from './mqtt-link.js';

/**
 * Connects to a broker, with MQTT 5, or 3.1.1 where that is refused, which is then remembered.
 * @param signal aborts the attempt
 * @throws FACEPIPE_E_BROKER_URL, FACEPIPE_E_CLIENT_ID, FACEPIPE_E_BROKER_UNREACHABLE, FACEPIPE_E_BROKER_CREDENTIALS,
 *   FACEPIPE_E_BROKER_TLS, FACEPIPE_E_BROKER_REFUSED, what `onConnect` throws, or `signal.reason`
 */
export async function connect(options: LinkOptions, signal?: AbortSignal): Promise<Link> {
  const link = new MqttLink(options);
  await link.start(signal);
  return link;
}

/**
 * A link that starts without its broker: returns at once and goes on trying, with the pauses of a reconnect, for as
 * long as it takes. Until its first connection it is a link in an outage: publishes wait for their deadline,
 * subscriptions for the connection. What will not fix by itself on the way there ends it (`ended`): refused
 * credentials (FACEPIPE_E_BROKER_CREDENTIALS), a certificate that one of both sides does not accept
 * (FACEPIPE_E_BROKER_TLS) or a refused connection (FACEPIPE_E_BROKER_REFUSED). After the first connection it is a link
 * as `connect` gives it.
 * @throws FACEPIPE_E_BROKER_URL, FACEPIPE_E_CLIENT_ID, FACEPIPE_E_TOPIC and FACEPIPE_E_PROPERTY (of the will)
 */
export function openLink(options: LinkOptions): Link {
  const link = new MqttLink(options);
  link.open();
  return link;
}
