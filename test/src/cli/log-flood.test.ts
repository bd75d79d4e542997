import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { freshFolder, start } from '../support/program.js';
import { until } from '../support/until.js';

const flood = 4000;
const skip = mosquittoMissing ?? false;
const timeout = 300_000;

/** Lines of the flood as they stand, and how many more the log says there were. */
function tell(
  lines: readonly string[],
  pattern: RegExp,
): { written: number; counted: number; summaries: number } {
  const summaries = lines.filter((line) => /… and \d+ more of this kind in the last \d+ s/.test(line));
  const written = lines.filter((line) => pattern.test(line) && !summaries.includes(line)).length;
  const counted = summaries.reduce((sum, line) => sum + Number(/… and (\d+) more/.exec(line)?.[1]), 0);
  return { written, counted, summaries: summaries.length };
}

for (const json of [false, true]) {
  test(`thousands of bad messages are few lines of a sink${json ? ', each JSON,' : ''} and all counted`, {
    skip,
    timeout,
  }, async (t) => {
    const broker = await startMosquitto({ config: ['max_queued_messages 1000000'] });
    t.after(() => broker.stop());
    const store = `file://${freshFolder('facepipe-flood-')}`;
    const flags = ['--broker', broker.url, '--store', store, '--port', '0', '--quiet'];
    const sink = start(['sink', ...flags, ...(json ? ['--json'] : [])]);
    t.after(() => sink.stop('SIGKILL'));
    const port = /on port (\d+)/.exec(await sink.line(/on port \d+/))?.[1];
    const began = Date.now();
    const link = await connect({ url: broker.url });
    t.after(() => link.close());
    await Promise.all(
      Array.from({ length: flood }, (_, n) =>
        link.publish({ topic: `facepipe/stranger-${n}/faces`, payload: Buffer.from(`no face ${n}`) }),
      ),
    );
    const metric = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const dead = new RegExp(`facepipe_sink_dead_letters_total\\{reason="not-an-image"\\} ${flood}\\n`);
    await until('all are counted', async () => dead.test(await metric()));
    const { stderr } = await sink.stop();
    const lines = stderr.split('\n');
    const { written, counted, summaries } = tell(lines, /dead letter \(not-an-image\)/);
    assert.equal(written + counted, flood);
    const intervals = Math.ceil((Date.now() - began) / 10_000);
    assert.ok(written >= 10 && written <= 10 * intervals, `${written} lines in ${intervals} intervals`);
    assert.ok(summaries >= 1 && summaries <= intervals, `${summaries} summaries`);
    if (json) for (const line of lines) assert.equal(typeof JSON.parse(line), 'object', line);
  });
}

test('a log prints every face, and of what is none only so much', { skip, timeout }, async (t) => {
  const broker = await startMosquitto({ config: ['max_queued_messages 1000000'] });
  t.after(() => broker.stop());
  const log = start(['log', '--broker', broker.url, '--json']);
  t.after(() => log.stop('SIGKILL'));
  await log.line(/connected/);
  const link = await connect({ url: broker.url });
  t.after(() => link.close());
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
    'base64',
  );
  // subscribed once a face comes through
  const faces = () => log.output().split('"image"').length - 1;
  await until('it listens', async () => {
    await link.publish({ topic: 'facepipe/door/faces', payload: png });
    return faces() > 0;
  });
  for (let n = 0; n < 500; n++) {
    const topic = `facepipe/stranger-${n}/faces`;
    await link.publish({ topic, payload: Buffer.from(`no face ${n}`) });
    await link.publish({ topic, payload: png });
  }
  await until('each face has its line', () => faces() >= 501);
  const { stderr } = await log.stop();
  const { written, counted } = tell(stderr.split('\n'), /is not an image/);
  assert.equal(written + counted, 500);
  assert.ok(written < 100, `${written} lines`);
});
