import { openStore, parseKey } from '@facepipe/cloud';
import type { PictureView } from '@facepipe/view';
import type { CommandOptions } from '../parse/command.js';
import { type ReadObject, readObject } from './page.js';

/** The objects of a store, as the page opens them. */
export interface Objects {
  readonly read: ReadObject;
  close(): Promise<void>;
}

/** @throws FACEPIPE_E_STORE_URL, FACEPIPE_E_KEY_TEMPLATE */
export function openObjects(url: string, options: CommandOptions<'view'>): Objects {
  const { endpoint, region, 'path-style': pathStyle } = options;
  const keyOf = parseKey(options.key);
  const store = openStore(url, {
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(pathStyle !== undefined && { pathStyle }),
  });
  return {
    read: (picture) => readObject(store, keyOf(factsOf(picture))),
    close: () => store.close(),
  };
}

/** What the key of a picture's object is made of. */
function factsOf({ id, device, captured, contentType = 'image/png' }: PictureView) {
  // a foreign image has no time of its own: its id is a SHA-256
  const dated = id.length < 64 && { captured: new Date(captured) };
  const [, format = ''] = contentType.split('/');
  return { id, device, ext: format === 'jpeg' ? 'jpg' : format, ...dated };
}
