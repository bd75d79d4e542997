import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { PageState } from '../state/page-state.js';
import type { Connection } from './connection.js';
import type { Frames } from './frames.js';
import type { Store } from './store.js';

/** What every part of the page may ask for. */
export interface PageLink {
  store: Store;
  frames: Frames;
  connection: Connection;
}

export const LinkContext = createContext<PageLink | undefined>(undefined);

export function useLink(): PageLink {
  const link = useContext(LinkContext);
  if (!link) throw new Error('Outside of the page');
  return link;
}

/** The state, and again whenever it is another. */
export function usePage(): PageState {
  const { store } = useLink();
  const [state, setState] = useState(store.state());
  useEffect(() => {
    setState(store.state());
    return store.subscribe(() => setState(store.state()));
  }, [store]);
  return state;
}
