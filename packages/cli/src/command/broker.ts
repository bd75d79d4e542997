import { startBroker } from '@facepipe/edge/broker';
import type { CommandOptions } from '../parse/command.js';
import { credentials } from './credentials.js';
import type { Session } from './session.js';
import { untilStopped } from './wait.js';

/** Runs the embedded broker until a signal comes. */
export async function broker(options: CommandOptions<'broker'>, session: Session): Promise<void> {
  const { username, password } = credentials(options, '', session.log);
  const { host, port, data } = options;
  // what is queued is nobody else's business
  process.umask(0o077);
  const embedded = await startBroker({
    host,
    port,
    data,
    ...(username && { username }),
    ...(password && { password }),
    onTrouble: (text) => session.log.warn(text),
  });
  session.log.info(`broker listens on ${embedded.url}, its queues are in ${data}`);
  session.begin({});
  await untilStopped(session.signal);
  await embedded.close();
}
