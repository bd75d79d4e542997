import { maxMessage } from './broker-flags.js';
import * as coerce from './coerce.js';
import { group } from './group.js';
import { key, s3, tlsKey } from './sink-flags.js';

/** Where the page of `demo` and `view` is unless it is said. */
export const usualPort = 8090;

/** The page, for a command that has one when it is asked for. */
export const page = group('Page', {
  view: {
    type: 'string',
    describe:
      'Serve a page where one sees the camera, visits and hops: PORT on 127.0.0.1, or HOST:PORT; 0 picks a free one',
    coerce: coerce.address(),
  },
  'view-token-file': {
    type: 'string',
    describe:
      'File whose first line people have to enter to see the page; needed on other addresses than 127.0.0.1',
    coerce: coerce.text(),
  },
});

/** The same where the page is there unless it is switched off. */
export const usualPage = {
  ...page,
  view: {
    ...page.view,
    defaultDescription: `${usualPort}, or a free one`,
    describe: 'Serve the page elsewhere: PORT on 127.0.0.1, or HOST:PORT; 0 picks a free one',
  },
};

export const broker = group('Broker', { 'tls-key': tlsKey, 'max-message': maxMessage });

/** Objects that the page can open. */
export const store = group('Store', {
  store: {
    type: 'string',
    describe: 'Store whose objects the page opens: s3://bucket/prefix or file:///folder; default: none',
    coerce: coerce.text(),
  },
  key: { ...key, describe: `${key.describe}, as of the sink` },
  ...s3,
});
