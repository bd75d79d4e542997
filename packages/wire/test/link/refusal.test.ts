import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFinal, refusal } from '../../dist/link/refusal.js';

const failed = (code: string) => refusal({ error: Object.assign(new Error('x'), { code }) }, 'b:1');

test('what no later attempt fixes is told from what it may', () => {
  assert.deepEqual(
    ['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'].map((code) =>
      isFinal(failed(code)),
    ),
    [true, true, true],
  );
  assert.ok([4, 5, 134, 135, 138, 133].every((code) => isFinal(refusal({ code }, 'b:1'))));
  const alert = Object.assign(new Error('SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca'), {
    code: 'EPROTO',
  });
  assert.equal(isFinal(refusal({ error: alert }, 'b:1')), true);
  // what listens there speaks no TLS yet, or ends in the middle of it
  assert.deepEqual(
    [
      'EPROTO',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
      'ERR_TLS_HANDSHAKE_TIMEOUT',
    ]
      .map(failed)
      .filter((error) => error.code !== 'FACEPIPE_E_BROKER_TLS' || isFinal(error)),
    [],
  );
  // a clock that is not set yet, brokers that start, are busy or shed load
  assert.equal(isFinal(failed('CERT_NOT_YET_VALID')), false);
  assert.deepEqual(
    ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ECONNRESET'].filter((code) =>
      isFinal(failed(code)),
    ),
    [],
  );
  assert.ok([3, 136, 137, 151, 159].every((code) => !isFinal(refusal({ code }, 'b:1'))));
  assert.equal(isFinal(refusal({ silent: true }, 'b:1')), false);
});
