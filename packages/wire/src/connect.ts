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
