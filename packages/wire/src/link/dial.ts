import type { Broker } from './broker-url.js';
import { Connection, type Receiver } from './connection.js';
import type { Login } from './login.js';
import { type Failure, refusal, refusedVersion } from './refusal.js';

/**
 * One attempt to connect, with MQTT 5, then with 3.1.1 where the broker refuses 5.
 * @param known the version that worked before. On a first attempt a broker that hangs up without an answer gets 3.1.1
 *   too, since old ones do that to an unknown version; later that is more likely a broker that is restarting.
 * @throws the coded error of the failure, or signal.reason when aborted
 */
export async function dial(
  broker: Broker,
  login: Login,
  known: 4 | 5 | undefined,
  receiver: Receiver,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  let outcome: Connection | Failure = await Connection.open(broker, login, known ?? 5, receiver, signal);
  if (outcome instanceof Connection) return outcome;
  const old = refusedVersion(outcome) || (known === undefined && 'silent' in outcome);
  if (known !== 4 && old) outcome = await Connection.open(broker, login, 4, receiver, signal);
  if (outcome instanceof Connection) return outcome;
  throw refusal(outcome, broker.name);
}
