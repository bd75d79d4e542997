import { openStore, parseKey, type Store } from '@facepipe/cloud';
import { Closing } from '@facepipe/service';
import { Feed, type PictureView, watchBroker } from '@facepipe/view';
import { redact } from '@facepipe/wire';
import type { CommandOptions } from '../parse/command.js';
import { credentials } from './credentials.js';
import { largestMessage } from './largest-message.js';
import { pagedLog, type ReadObject, readObject, servePage } from './page.js';
import { sayAway } from './rival.js';
import type { Session } from './session.js';
import { untilStopped } from './wait.js';

/** Serves a page of everything on a broker, until a signal comes. */
export async function view(options: CommandOptions<'view'>, session: Session): Promise<void> {
  const { broker, topic } = options;
  const closing = new Closing();
  try {
    const store = options.store === undefined ? undefined : closing.add(openStoreOf(options.store, options));
    const keyOf = parseKey(options.key);
    const feed: Feed = new Feed({
      version: session.version,
      mode: 'view',
      title: redact(broker),
      video: false,
      objects: store !== undefined,
      steps: ['captured', 'edge', 'stored'],
    });
    const log = pagedLog(session.log, feed);
    const object: ReadObject | undefined = store && ((picture) => readObject(store, keyOf(factsOf(picture))));
    const page = closing.add(await servePage(feed, options, session, object));
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
        onConnect: () => log.info(`connected to ${redact(broker)}`),
        onProblem: away,
      }),
    );
    session.begin({ drains: 10 });
    session.progress.start(() => `${page.viewers} look at ${page.url}`);
    await untilStopped(session.signal, watched.ended);
  } finally {
    session.progress.stop();
    await closing.close();
  }
}

function openStoreOf(url: string, options: CommandOptions<'view'>): Store {
  const { endpoint, region, 'path-style': pathStyle } = options;
  return openStore(url, {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(pathStyle !== undefined && { pathStyle }),
  });
}

/** What the key of a picture's object is made of. */
function factsOf({ id, device, captured, contentType = 'image/png' }: PictureView) {
  // a foreign image has no time of its own: its id is a SHA-256
  const dated = id.length < 64 && { captured: new Date(captured) };
  const [, format = ''] = contentType.split('/');
  return { id, device, ext: format === 'jpeg' ? 'jpg' : format, ...dated };
}
