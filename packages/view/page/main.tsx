import { render } from 'preact';
import { App } from './app.js';
import { connect } from './link/connection.js';
import { createFrames } from './link/frames.js';
import { LinkContext } from './link/page.js';
import { createStore } from './link/store.js';
import { applyTheme } from './parts/theme.js';

applyTheme();
const store = createStore();
const frames = createFrames();
const link = { store, frames, connection: connect(store, frames) };

const root = document.getElementById('page');
if (root) {
  render(
    <LinkContext.Provider value={link}>
      <App />
    </LinkContext.Provider>,
    root,
  );
}
