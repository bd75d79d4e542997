import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Audit } from '@facepipe/edge/audit';
import { faces, stream } from '../../../edge/dist-test/audit/arrival.js';
import { formatAudit, formatStanding } from '../../dist/print/audit-report.js';

test('the table says what is outstanding, and cannot be forged', () => {
  const audit = new Audit();
  for (const face of [...faces(1, 3), ...faces(6, 6)]) audit.face('eye\u001b[2Jvil\nx', face);
  audit.dropped('eye\u001b[2Jvil\nx', [{ stream, from: 4, to: 4, reason: 'full' }]);
  assert.equal(
    formatAudit(audit.report()),
    [
      'device                 seen  stored  outstanding  missing  dropped  dead  repeats',
      'eye\\u{1b}[2Jvil\\u{a}x     4       0            4        1        1     0        0',
      `  outstanding  ${stream}  seq 1-3, 6`,
      `  missing  ${stream}  seq 5`,
      `  dropped  ${stream}  seq 4`,
    ].join('\n'),
  );
  assert.equal(
    formatStanding(audit.standing),
    'devices 1  seen 4  stored 0  outstanding 4  missing 1  dropped 1  dead 0',
  );
});
