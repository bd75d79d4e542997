import { initialState, type PageEvent, type PageState, reduce } from '../state/page-state.js';

/** The state of the page, and who wants to know when it is another. */
export interface Store {
  state(): PageState;
  dispatch(event: PageEvent): void;
  /** The answer ends it. */
  subscribe(listener: () => void): () => void;
}

/** Listeners hear once a drawn frame of the browser at most: never while the tab is hidden. */
export function createStore(): Store {
  let state = initialState;
  let isScheduled = false;
  const listeners = new Set<() => void>();
  return {
    state: () => state,
    dispatch(event) {
      state = reduce(state, event);
      if (isScheduled) return;
      isScheduled = true;
      requestAnimationFrame(() => {
        isScheduled = false;
        for (const listener of listeners) listener();
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
