import { expectArgument } from '@facepipe/service';
import { cloudError } from '../errors.js';
import { FolderStore } from './folder.js';
import { S3Store } from './s3.js';
import { withoutUserinfo } from './secret.js';
import type { Store, StoreOptions } from './store.js';

/**
 * Opens a store; nothing is asked of it before `check` or `put`.
 * @throws FacepipeError `FACEPIPE_E_STORE_URL`, `FACEPIPE_E_STORE_ENDPOINT`, `FACEPIPE_E_ARGUMENT`.
 */
export function openStore(url: string, options: StoreOptions = {}): Store {
  expectArgument('url', url, 'text');
  expectArgument('options', options, 'object');
  if (url.startsWith('s3://')) return new S3Store(url, options);
  if (url.startsWith('file:')) return new FolderStore(url, options);
  throw cloudError('FACEPIPE_E_STORE_URL', {
    url: withoutUserinfo(url),
    reason: 'its scheme is neither s3:// nor file://',
  });
}
