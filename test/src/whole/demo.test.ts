import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { totalsOf } from '../support/delivery.js';
import { facepipe, freshFolder } from '../support/program.js';

const timeout = 600_000;

/** The totals of a demo of its own scene, and the pictures in its bucket. */
async function demo(...flags: string[]): Promise<{ totals: Record<string, number>; kept: number }> {
  const data = freshFolder('facepipe-demo-');
  const outcome = await facepipe(['demo', '--source', 'demo', '--data', data, '--json', '--quiet', ...flags]);
  assert.equal(outcome.code, 0, outcome.stderr);
  const files = readdirSync(join(data, 'bucket'), { recursive: true, encoding: 'utf8' });
  return { totals: totalsOf(outcome), kept: files.filter((path) => path.endsWith('.png')).length };
}

/** Each hop has what was captured, and the bucket too. */
function agree({ totals, kept }: Awaited<ReturnType<typeof demo>>): void {
  const { captured, published, forwarded, stored, pictures, dead, spooled, lost } = totals;
  assert.deepEqual(
    { published, forwarded, stored, pictures, kept, dead, spooled, lost },
    {
      published: captured,
      forwarded: captured,
      stored: captured,
      pictures: captured,
      kept: captured,
      dead: 0,
      spooled: 0,
      lost: 0,
    },
  );
}

test('a stretch of the demo: a picture of each visit, none of the print on the wall', {
  timeout,
}, async () => {
  const { totals, kept } = await demo('--no-realtime', '--frames', '450', '--seed', '2');
  agree({ totals, kept });
  const { frames, visits = 0, pictures = 0, missed } = totals;
  assert.deepEqual({ frames, missed, false: totals.false }, { frames: 450, missed: 0, false: 0 });
  assert.ok(visits >= 7, `visits ${visits}`);
  assert.ok(pictures >= visits && pictures <= 1.3 * visits, `${pictures} pictures of ${visits} visits`);
});

test('without the network that confirms faces the print is sent, and counts as false', {
  timeout,
}, async () => {
  const { totals, kept } = await demo('--no-realtime', '--frames', '100', '--verify', 'off');
  agree({ totals, kept });
  assert.ok((totals.false ?? 0) >= 1, JSON.stringify(totals));
});

test('120 frames at the pace of a camera end with pictures in the bucket, and totals that agree', {
  timeout,
}, async () => {
  const { totals, kept } = await demo('--frames', '120');
  agree({ totals, kept });
  assert.equal(totals.frames, 120);
  assert.ok(kept >= 1);
});
