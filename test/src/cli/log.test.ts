import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { newId } from '@facepipe/service';
import { connect, encodeReceipt } from '@facepipe/wire';
import { brokers } from '../support/brokers.js';
import { start } from '../support/program.js';
import { until } from '../support/until.js';

const photo = readFileSync(new URL('../../../packages/edge/photos/grace_hopper.jpg', import.meta.url));
const sha256 = createHash('sha256').update(photo).digest('hex');

for (const broker of brokers) {
  test(`foreign pictures, receipts and noise, over ${broker.name}`, { skip: broker.missing }, async (t) => {
    const running = await broker.start();
    t.after(() => running.stop());
    const readable = start(['log', '--broker', running.url]);
    const json = start(['log', '--broker', running.url, '--json']);
    await Promise.all([readable.line(/connected/), json.line(/connected/)]);
    const link = await connect({ url: running.url });
    t.after(() => link.close());
    const id = newId();
    const name = 'eye\u202e\u2028vil';
    // repeated until both have subscribed: a subscription is not announced anywhere
    await until('both have seen a face', async () => {
      await link.publish({ topic: 'facepipe/door/faces', payload: photo });
      return /face /.test(readable.output()) && /sha256/.test(json.output());
    });
    await link.publish({ topic: 'facepipe/door/faces', payload: Buffer.from('no picture') });
    await link.publish({ topic: `facepipe/${name}/faces`, payload: photo });
    await link.publish({ topic: 'facepipe/door/stored', payload: Buffer.from('{}') });
    await link.publish({ topic: 'facepipe/door/stored', payload: encodeReceipt({ ids: [id] }) });
    await until(
      'both have seen the receipt',
      () => readable.output().includes(id) && json.output().includes(id),
    );
    const [lines, objects] = await Promise.all([readable.stop(), json.stop('SIGINT')]);
    assert.deepEqual([lines.code, objects.code], [143, 130]);
    assert.match(lines.stdout, new RegExp(`^door {2}face {4}foreign jpg {2}${sha256}$`, 'm'));
    assert.match(lines.stdout, new RegExp(`^door {2}stored {2}${id}$`, 'm'));
    for (const line of lines.stdout.split('\n')) assert.ok(line.length <= 100, line);
    assert.match(lines.stderr, /not an image/);
    assert.match(lines.stderr, /no list of ids/);
    assert.doesNotMatch(lines.stdout, /[\u202e\u2028]/, 'text from the network cannot repaint the terminal');
    const parsed = objects.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(parsed[0], {
      id: sha256,
      device: 'door',
      topic: 'facepipe/door/faces',
      image: { contentType: 'image/jpeg', width: 512, height: 600, bytes: photo.length, sha256 },
    });
    assert.deepEqual(parsed.at(-1), { device: 'door', stored: [id] });
  });
}
