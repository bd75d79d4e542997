import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId } from '@facepipe/service';
import sharp from 'sharp';
import { brokers, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { face, faces, holdsExactly, publishAll, Scene, sha256 } from '../support/sink-scene.js';
import { stores } from '../support/stores.js';
import { until } from '../support/until.js';

for (const broker of brokers) {
  test(`${broker.name}: a device is told which of its own faces will never be stored`, {
    skip: broker.missing,
  }, async (t) => {
    const scene = new Scene(t);
    const { url } = await scene.broker(broker.start());
    const place = await scene.place(stores[0]?.open() ?? assert.fail());
    const [dead, letters] = [await scene.dead(url), await scene.letters(url)];
    const sink = await scene.sink(url, scene.store(place));
    const link = await scene.link(url);
    const good = await face(1, 'door');
    await link.publish(good.message);
    await until('the first is stored', () => sink.totals.stored === 1);

    // facts that a newer capture may write and this sink does not understand, in the image for the sake of MQTT 3.1.1
    const id = newId();
    const strange = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
      .withExif({ IFD0: { ImageDescription: `facepipe:id=${id}&device=door&seq=0` } })
      .png()
      .toBuffer();
    const twin = await face(2, 'door', good.facts.id);
    const topic = 'facepipe/door/faces';
    for (const payload of [strange, twin.payload]) await link.publish({ topic, payload });
    // what is not the device's own: somebody else's face, and what claims no id
    const stranger = await face(3, 'window');
    for (const payload of [stranger.payload, Buffer.from('junk')]) await link.publish({ topic, payload });
    await until('all are dead letters', () => sink.totals.dead === 4 && letters.length === 4);
    await until('the device knows', () => dead.length >= 2);
    const on = 'facepipe/door/stored';
    // the sink works at several at once: which of them it is done with first is not said
    assert.deepEqual(
      new Set(dead),
      new Set([
        { on, id, reason: 'facts-invalid', sha256: sha256(strange) },
        { on, id: good.facts.id, reason: 'id-conflict', sha256: sha256(twin.payload) },
      ]),
    );
    // a later receipt proves that no other is on its way
    await link.publish({ topic, payload: strange });
    await until('it is told again', () => dead.length > 2);
    assert.equal(dead.length, 3);
    await holdsExactly(place, [good]);
  });
}

test('junk under a face’s id names other bytes than the face has', { skip: mosquittoMissing }, async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(startMosquitto());
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  const dead = await scene.dead(url);
  await scene.sink(url, scene.store(place));
  const real = await face(1, 'door');
  const junk = Buffer.from('junk');
  await (await scene.link(url)).publish({ ...real.message, payload: junk });
  await until('it is told', () => dead.length === 1);
  assert.deepEqual(dead[0], {
    on: 'facepipe/door/stored',
    id: real.facts.id,
    reason: 'not-an-image',
    sha256: sha256(junk),
  });
});

test('dead letters that may not be published are tried again, and the rest goes on', {
  skip: mosquittoMissing,
}, async (t) => {
  const scene = new Scene(t);
  const acl = [
    'topic readwrite facepipe/+/faces',
    'topic readwrite facepipe/+/stored',
    'topic read facepipe/+/dead',
  ];
  const { url } = await scene.broker(startMosquitto({ acl }));
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  const sink = await scene.sink(url, scene.store(place));
  const link = await scene.link(url);
  await link.publish({ topic: 'facepipe/door/faces', payload: Buffer.from('junk') });
  const sent = await faces(15);
  await publishAll(link, sent);
  await until('the faces are stored', () => sink.totals.stored === 15);
  await until('the letter was tried twice', () =>
    sink.events.some((event) => event.type === 'store-retry' && event.attempt >= 2),
  );
  assert.ok(
    sink.events.every((event) => event.type !== 'store-retry' || /not allow/.test(event.error.message)),
  );
  assert.equal(sink.totals.dead, 0);
  assert.match(sink.ready ?? '', /not allow/);
  await holdsExactly(place, sent);
});

test('a dead letter that is too large for the broker comes without its payload', {
  skip: mosquittoMissing,
}, async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(startMosquitto({ config: ['max_packet_size 20000'] }));
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  const letters = await scene.letters(url);
  const sink = await scene.sink(url, scene.store(place));
  const payload = Buffer.alloc(18_000, 'junk');
  await (await scene.link(url)).publish({ topic: 'facepipe/door/faces', payload });
  await until('the letter came', () => letters.length === 1);
  assert.equal(letters[0]?.size, 18_000);
  assert.equal(letters[0]?.payload, undefined);
  await until('it is counted', () => sink.totals.dead === 1);
});
