import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOptions } from '../../dist/spool/options.js';
import type { SpoolOptions } from '../../dist/spool/spool.js';

const good: SpoolOptions = { brokers: ['a'], maxBytes: 1e9, ttl: 1000, full: 'stop' };
const refused = (message: RegExp) => ({ code: 'FACEPIPE_E_SPOOL_OPTION', exit: 2, message });

test('what a caller left out or mistook is a mistake of his, not damage', () => {
  checkOptions('/s', good);
  checkOptions('/s', { ...good, brokers: [], ttl: Number.POSITIVE_INFINITY });
  assert.throws(
    () => checkOptions('/s'),
    refused(/^Expected names of brokers for brokers but received undefined\./),
  );
  assert.throws(
    () => checkOptions(undefined, good),
    refused(/^Expected a folder for the spool but received undefined/),
  );
  assert.throws(() => checkOptions('/s', { ...good, ttl: Number.NaN }), refused(/milliseconds for ttl/));
  for (const option of ['brokers', 'maxBytes', 'ttl', 'full'] as const)
    assert.throws(
      () => checkOptions('/s', { ...good, [option]: 'x' }),
      refused(new RegExp(`for ${option} but`)),
    );
});
