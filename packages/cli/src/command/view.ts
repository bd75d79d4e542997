import { Closing } from '@facepipe/service';
import { Feed, watchBroker } from '@facepipe/view';
import { redact } from '@facepipe/wire';
import type { CommandOptions } from '../parse/command.js';
import { credentials } from './credentials.js';
import { largestMessage } from './largest-message.js';
import { pagedLog, servePage } from './page.js';
import { sayAway } from './rival.js';
import type { Session } from './session.js';
import { untilStopped } from './wait.js';

/** Serves a page of everything on a broker, until a signal comes. */
export async function view(options: CommandOptions<'view'>, session: Session): Promise<void> {
  const { broker, topic } = options;
  const closing = new Closing();
  try {
    // the AWS SDK is loaded by who opens objects
    const objects =
      options.store === undefined
        ? undefined
        : closing.add((await import('./view-objects.js')).openObjects(options.store, options));
    const feed: Feed = new Feed({
      version: session.version,
      mode: 'view',
      title: redact(broker),
      video: false,
      objects: objects !== undefined,
      steps: ['captured', 'edge', 'stored'],
    });
    const log = pagedLog(session.log, feed);
    const page = closing.add(await servePage(feed, options, session, objects?.read));
    const away = sayAway(session.log);
    const watched = closing.add(
      watchBroker({
        feed,
        topic,
        link: {
          url: broker,
          ...credentials({ ...options, key: options['tls-key'] }, '', log, 'tls-key'),
          ...largestMessage(options, log),
        },
        onProblem: away,
      }),
    );
    void watched.subscribed.then(() => log.info(`connected to ${redact(broker)}, and subscribed`));
    session.begin({ drains: 10 });
    session.progress.start(() => `${page.viewers} look at ${page.url}`);
    await untilStopped(session.signal, watched.ended);
  } finally {
    session.progress.stop();
    await closing.close();
  }
}
