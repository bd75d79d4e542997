import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutgoingMessage } from '@facepipe/wire';
import sharp from 'sharp';
import { brokers } from '../support/brokers.js';
import {
  face,
  faces,
  holdsExactly,
  idsOf,
  type Letter,
  letter,
  publishAll,
  Scene,
  settled,
  sha256,
  stream,
} from '../support/sink-scene.js';
import { stores } from '../support/stores.js';
import { until } from '../support/until.js';

for (const broker of brokers) {
  for (const kind of stores) {
    const skip = broker.missing ?? kind.missing;
    const where = `${broker.name} to ${kind.name}`;

    test(`${where}: 200 faces, each once, with metadata and receipts`, { skip }, async (t) => {
      const scene = new Scene(t);
      const { url } = await scene.broker(broker.start());
      const place = await scene.place(kind.open());
      const receipts = await scene.receipts(url);
      const sink = await scene.sink(url, scene.store(place));
      assert.equal(sink.ready, undefined);
      const sent = [...(await faces(150)), ...(await faces(50, 'garage'))];
      const link = await scene.link(url);
      await publishAll(link, sent);
      await until('all are stored', () => settled(sink) >= 200);
      await until('all have receipts', () => receipts.length >= 200);
      assert.deepEqual([...receipts].sort(), idsOf(sent));
      await holdsExactly(place, sent);
      const bytes = sent.reduce((sum, { payload }) => sum + payload.length, 0);
      assert.deepEqual(sink.totals, { received: 200, stored: 200, duplicates: 0, dead: 0, bytes });
      const stored = sink.events.filter(({ type }) => type === 'stored');
      assert.equal(stored.length, 200);

      // the same again lands on itself, and has receipts again
      await publishAll(link, sent.slice(0, 20));
      await until('the repeats are seen', () => settled(sink) >= 220);
      await until('they have receipts', () => receipts.length >= 220);
      assert.equal(sink.totals.duplicates, 20);
      assert.equal(sink.held, 0);
      await holdsExactly(place, sent);

      if (!kind.metadata) return;
      for (const [key, { contentType, metadata, body }] of await place.list()) {
        const facts = sent.find(({ facts }) => key.includes(facts.id))?.facts;
        assert.equal(contentType, 'image/png');
        const decoded = Object.entries(metadata).map(([name, value]) => [name, decodeURIComponent(value)]);
        assert.deepEqual(Object.fromEntries(decoded), {
          id: facts?.id,
          device: facts?.device,
          stream,
          seq: String(facts?.seq),
          captured: '2026-11-21T23:59:59.123Z',
          frame: String(facts?.seq),
          'frame-size': '640x480',
          box: '1,2,32,32',
          neighbors: '7',
          detector: 'frontalface_default, opencv 4.3.0',
          sha256: sha256(body),
        });
      }
    });

    test(`${where}: dead letters of every kind never block the rest`, { skip }, async (t) => {
      const scene = new Scene(t);
      const { url } = await scene.broker(broker.start());
      const place = await scene.place(kind.open());
      const quarantine = await scene.place(kind.open());
      const letters = await scene.letters(url);
      const sink = await scene.sink(url, scene.store(place), { quarantine: scene.store(quarantine) });
      const link = await scene.link(url);
      const good = await faces(10, 'door');
      const raw = (payload: Buffer, device = 'door'): OutgoingMessage => ({
        topic: `facepipe/${device}/faces`,
        payload,
      });
      const torn = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
        .withExif({ IFD0: { ImageDescription: 'facepipe:id=nonsense' } })
        .png()
        .toBuffer();
      const text = Buffer.from('<script>not an image</script>');
      const stranger = await face(99, 'window');
      const twin = await face(100, 'door', good[0]?.facts.id);
      const huge = Buffer.alloc(300_000, 'x');
      const bad: [OutgoingMessage, Omit<Letter, 'detail' | 'on'>][] = [
        [raw(text), letter('not-an-image', text)],
        [raw(torn), letter('facts-invalid', torn)],
        [raw(stranger.payload), letter('device-mismatch', stranger.payload, stranger.facts.id)],
        [raw(twin.payload), letter('id-conflict', twin.payload, twin.facts.id)],
        [raw(huge), letter('not-an-image', huge)],
      ];
      await publishAll(link, good.slice(0, 1));
      await until('the first is stored', () => sink.totals.stored === 1);
      const mixed = good
        .slice(1)
        .flatMap(({ message }, n) => [message, ...bad.slice(n, n + 1).map(([m]) => m)]);
      await Promise.all(mixed.map((message) => link.publish(message)));
      await until('all is settled', () => settled(sink) >= good.length + bad.length);
      await until('all letters came', () => letters.length >= bad.length);

      await holdsExactly(place, good);
      assert.equal(sink.totals.dead, bad.length);
      const withoutDetail = letters.map(({ detail, on, ...rest }) => {
        assert.equal(on, 'facepipe/door/dead');
        assert.ok(detail.length > 10 && !detail.includes('\n'), detail);
        return rest;
      });
      const order = (a: { sha256: string }, b: { sha256: string }) => (a.sha256 < b.sha256 ? -1 : 1);
      assert.deepEqual(withoutDetail.sort(order), bad.map(([, expected]) => expected).sort(order));
      const kept = await quarantine.list();
      assert.deepEqual(
        [...kept.keys()].sort(),
        bad.map(([, { reason, sha256 }]) => `${reason}/${sha256}`).sort(),
      );
      for (const [{ payload }, { reason, sha256 }] of bad) {
        assert.ok(kept.get(`${reason}/${sha256}`)?.body.equals(payload));
      }
      const metrics = await sink.metrics.metrics();
      assert.match(metrics, /facepipe_sink_dead_letters_total\{reason="not-an-image"\} 2/);
      assert.match(metrics, /facepipe_sink_stored_total 10/);
    });

    test(`${where}: plain images of foreign publishers`, { skip }, async (t) => {
      const scene = new Scene(t);
      const { url } = await scene.broker(broker.start());
      const place = await scene.place(kind.open());
      const receipts = await scene.receipts(url);
      const link = await scene.link(url);
      const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: 'teal' } });
      const images: [string, string, Buffer][] = [
        ['png', 'image/png', await picture.clone().png().toBuffer()],
        ['jpg', 'image/jpeg', await picture.clone().jpeg().toBuffer()],
        ['webp', 'image/webp', await picture.clone().webp().toBuffer()],
        ['gif', 'image/gif', await picture.clone().gif().toBuffer()],
      ];
      const topic = 'facepipe/esp32 cam/faces';
      const [, , kept = Buffer.of()] = images[0] ?? [];
      await link.publish({ topic, payload: kept, qos: 0, retain: true });
      const sink = await scene.sink(url, scene.store(place));
      await until('the retained one is stored', () => sink.totals.stored === 1);
      // this clears it, and is nobody's face
      await link.publish({ topic, payload: Buffer.of(), retain: true });
      for (const [, , payload] of images) await link.publish({ topic, payload });
      await until('all are settled', () => settled(sink) >= 5);
      assert.equal(sink.totals.stored, 4);
      assert.equal(sink.totals.duplicates, 1);
      assert.deepEqual([sink.totals.received, sink.totals.dead], [5, 0]);
      const found = await place.list();
      const expected = images.map(([ext, , payload]) => `esp32%20cam/undated/${sha256(payload)}.${ext}`);
      assert.deepEqual([...found.keys()].sort(), expected.sort());
      await until('they have receipts', () => receipts.length >= 5);
      assert.deepEqual([...new Set(receipts)].sort(), images.map(([, , payload]) => sha256(payload)).sort());
      if (!kind.metadata) return;
      for (const [, contentType, payload] of images) {
        const object = [...found.values()].find(({ body }) => body.equals(payload));
        assert.equal(object?.contentType, contentType);
        const { arrived = '', ...rest } = object?.metadata ?? {};
        assert.deepEqual(rest, { device: 'esp32%20cam', sha256: sha256(payload) });
        assert.ok(Math.abs(Date.now() - Date.parse(arrived)) < 60_000, arrived);
      }
    });
  }

  test(`${broker.name}: stop() drains, and the broker keeps the rest for the next start`, {
    skip: broker.missing,
  }, async (t) => {
    const scene = new Scene(t);
    const { url } = await scene.broker(broker.start());
    const place = await scene.place(stores[0]?.open() ?? assert.fail());
    const receipts = await scene.receipts(url);
    const first = await scene.sink(url, scene.store(place), { concurrency: 1 });
    const sent = await faces(300);
    const link = await scene.link(url);
    await publishAll(link, sent.slice(0, 150));
    await until('it is in full swing', () => first.totals.stored >= 5);
    assert.ok(first.held > 0, 'it has more to do');
    await first.stop();
    await first.stop();
    await publishAll(link, sent.slice(150));
    assert.equal(settled(first), first.totals.received, 'what it took it finished');
    assert.equal(first.inFlight, 0);
    assert.notEqual(first.ready, undefined);
    assert.equal((await place.list()).size, first.totals.stored);
    await until('what it stored has receipts', () => receipts.length >= first.totals.stored);
    const second = await scene.sink(url, scene.store(place));
    await until('the rest is stored', () => settled(second) >= 300 - first.totals.stored);
    await until('all have receipts', () => new Set(receipts).size >= 300);
    assert.equal(second.totals.duplicates, 0, 'what was stored had been acknowledged');
    await holdsExactly(place, sent);
  });
}

test('a level may name the device, and a topic without it makes a dead letter', async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(brokers[1]?.start() ?? assert.fail());
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  const letters = await scene.letters(url);
  const sink = await scene.sink(url, scene.store(place), {
    topic: 'site/#',
    deviceLevel: 3,
    key: '{device}/{id}',
  });
  const link = await scene.link(url);
  const payload = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  await link.publish({ topic: 'site/hall/cam..1/x', payload });
  await link.publish({ topic: 'site/hall/../x', payload });
  await link.publish({ topic: 'site/hall', payload });
  await until('all are settled', () => settled(sink) >= 3);
  const id = sha256(payload);
  assert.deepEqual([...(await place.list()).keys()].sort(), [`%2E./${id}`, `cam..1/${id}`]);
  await until('the letter came', () => letters.length === 1);
  assert.equal(letters[0]?.reason, 'device-missing');
  assert.equal(letters[0]?.on, 'facepipe/_/dead');
});
