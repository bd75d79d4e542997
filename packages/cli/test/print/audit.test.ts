import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Audit } from '@facepipe/edge/audit/audit';
import { newId } from '@facepipe/service';
import type { FaceFacts } from '@facepipe/wire';
import { formatAudit, formatStanding } from '../../dist/print/audit.js';

const stream = newId();

function arrival(seq: number, device = 'door', of = stream) {
  const facts: FaceFacts = {
    id: newId(),
    device,
    stream: of,
    seq,
    captured: new Date(0),
    frame: 0,
    frameSize: { width: 1, height: 1 },
    box: { x: 0, y: 0, width: 1, height: 1 },
    neighbors: 1,
    detector: 'none',
  };
  return { id: facts.id, facts, sha256: `${seq}` };
}

const faces = (from: number, to: number, of = stream) =>
  Array.from({ length: to - from + 1 }, (_, i) => arrival(from + i, 'door', of));

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
