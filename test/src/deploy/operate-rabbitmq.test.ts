import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { newId } from '@facepipe/service';
import { connect, encodeVisit } from '@facepipe/wire';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { certificates, opensslMissing } from '../support/certificates.js';
import {
  film,
  folder,
  holdsAll,
  objectsIn,
  run,
  scene,
  sink,
  stored,
  totalsOf,
} from '../support/delivery.js';
import { rabbitMissing, startRabbit } from '../support/rabbitmq.js';
import { reading } from '../support/reading.js';
import { until } from '../support/until.js';

const secrets = { sink: 'k', site1: 's' };
const options = { skip: rabbitMissing ?? mosquittoMissing ?? opensslMissing, timeout: 300_000 };

/** mosquitto at the edge, RabbitMQ in the cloud, and a forwarder between them. */
async function start(t: TestContext) {
  const tls = certificates(t);
  const pem = { ca: tls.file('ca.pem'), cert: tls.file('server.pem'), key: tls.file('server.key') };
  const rabbit = await startRabbit({ passwords: secrets, tls: pem });
  t.after(() => rabbit.stop());
  const edge = await startMosquitto({ persistence: true });
  t.after(() => edge.stop());
  const kept = folder();
  const login = (user: keyof typeof secrets, prefix = '') => {
    const file = join(kept, user);
    writeFileSync(file, `${secrets[user]}\n`);
    return [`--${prefix}username`, user, `--${prefix}password-file`, file, `--${prefix}ca`, pem.ca];
  };
  const forward = run(
    t,
    'forward',
    '--from',
    edge.url,
    '--to',
    rabbit.url,
    ...login('site1', 'to-'),
    '--port',
    '0',
  );
  const bucket = folder();
  const startSink = async () => {
    const program = sink(t, rabbit.url, bucket, ...login('sink'));
    await program.line(/health and metrics/);
    return program;
  };
  return { rabbit, edge, forward, bucket, startSink, ca: readFileSync(pem.ca) };
}

test(
  'RabbitMQ in the cloud: faces arrive with all that is known of them, and receipts come back',
  options,
  async (t) => {
    const { rabbit, edge, bucket, forward, startSink, ca } = await start(t);
    await startSink();
    await forward.line(/carrying/);
    const capture = run(t, ...scene, '--broker', edge.url, '--until', 'stored', ...film(30));
    const { captured, stored: receipts, spooled } = totalsOf(await capture.ended);
    assert.ok(captured && captured > 5);
    assert.deepEqual([receipts, spooled], [captured, 0]);
    assert.equal((await stored(bucket)).size, captured);

    // RabbitMQ hangs up on who publishes what it may not, so that no answer comes
    const [username, password] = ['site1', secrets.site1];
    const link = await connect({ url: rabbit.url, username, password, ca, publishTimeout: 3000 });
    t.after(() => link.close({ timeout: 0 }));
    const forbidden = link.publish({ topic: 'facepipe/hall/faces', payload: Buffer.from('x') });
    await assert.rejects(forbidden, { code: 'FACEPIPE_E_PUBLISH_TIMEOUT' });
  },
);

test(
  'visits go to RabbitMQ, and those of a device that its rules do not know, for which it hangs up, hold up no face',
  options,
  async (t) => {
    const { edge, bucket, forward, startSink } = await start(t);
    await startSink();
    await forward.line(/carrying/);
    const camera = await connect({ url: edge.url });
    t.after(() => camera.close({ timeout: 0 }));
    const tell = async (device: string) => {
      const begin = '2026-11-21T12:34:56.789Z';
      const payload = encodeVisit({ type: 'begin', visit: newId(), begin, active: 1 });
      await camera.publish({ topic: `facepipe/${device}/visits`, payload });
    };
    await until('visits pass', async () => {
      await tell('door');
      return (await reading(forward, 'forward_visits_total')) > 0;
    });
    await tell('hall');
    await until(
      'that of another is given up',
      async () => (await reading(forward, 'forward_visits_missed_total')) > 0,
    );
    // twice with others on their way, and once alone
    const connections = () => forward.lines.filter((line) => line.includes('to: connected')).length;
    await until('it is connected again', () => connections() === 4);
    for (let n = 0; n < 100; n++) await tell('hall');
    const capture = run(t, ...scene, '--broker', edge.url, '--until', 'stored', ...film(30));
    const { captured, stored: receipts } = totalsOf(await capture.ended);
    assert.ok(captured && captured > 5 && receipts === captured);
    assert.equal((await stored(bucket)).size, captured);
    // it rests for a minute, which a slow machine may take; then one event costs one connection
    assert.ok(connections() <= 5, `${connections()} connections`);
  },
);

test('RabbitMQ keeps what it acknowledged when it is killed', options, async (t) => {
  const { rabbit, edge, bucket, forward, startSink } = await start(t);
  await (await startSink()).stop();
  await forward.line(/carrying/);
  const capture = run(t, ...scene, '--broker', edge.url, ...film(30));
  const { captured = 0, published } = totalsOf(await capture.ended);
  assert.ok(captured > 5 && published === captured);
  await until(
    'all is forwarded',
    () => forward.lines.filter((line) => line.endsWith('"msg":"forwarded"}')).length >= captured,
  );
  await forward.stop();
  await rabbit.crash();
  await rabbit.start();
  assert.equal(objectsIn(bucket).length, 0);
  await startSink();
  await holdsAll(bucket, captured);
});
