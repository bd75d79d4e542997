import { type EmbeddedBroker, startBroker } from '@facepipe/edge/broker';
import { isPortTaken } from './port-taken.js';
import type { Session } from './session.js';

const mqttPort = 1883;

/** On the port MQTT users expect, or, said aloud, on a free one where that is taken. */
export async function ownBroker({ log }: Session): Promise<EmbeddedBroker> {
  let broker: EmbeddedBroker;
  const options = { host: '127.0.0.1', onTrouble: (text: string) => log.warn(text) };
  try {
    broker = await startBroker({ ...options, port: mqttPort });
  } catch (error) {
    if (!isPortTaken(error)) throw error;
    broker = await startBroker({ ...options, port: 0 });
    log.warn(
      `port ${mqttPort} is taken: the embedded broker listens on ${broker.port}; --broker publishes to yours instead`,
    );
  }
  log.info(`no --broker given: publishing to an embedded one at ${broker.url}`);
  log.info(`watch the faces with: npx facepipe log --broker ${broker.url}`);
  return broker;
}
