import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import {
  openStore,
  type Sink,
  type SinkEvent,
  type SinkOptions,
  type Store,
  startSink,
} from '@facepipe/cloud';
import { newId } from '@facepipe/service';
import { connect, type DeadFace, decodeReceipt, type Link, type OutgoingMessage } from '@facepipe/wire';
import sharp from 'sharp';
import { brokers, mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { startCable } from '../support/cable.js';
import { type NoiseFace, noiseFace } from '../support/face.js';
import type { RunningBroker } from '../support/running-broker.js';
import { type OpenStore, s3Missing, s3Server, stores } from '../support/stores.js';
import { until } from '../support/until.js';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const captured = new Date('2026-11-21T23:59:59.123Z');
const stream = newId();
const porch = 'ворота 😀 #1'.replace('#', 'N');

function face(seq: number, device = porch, id = newId()): Promise<NoiseFace> {
  return noiseFace({ id, device, stream, seq, captured, detector: 'frontalface_default, opencv 4.3.0' });
}

async function faces(count: number, device?: string): Promise<NoiseFace[]> {
  const made: NoiseFace[] = [];
  for (let seq = 1; seq <= count; seq++) made.push(await face(seq, device));
  return made;
}

/** A test's parts, ended in reverse order when the test ends. */
class Scene {
  readonly #ends: (() => Promise<unknown>)[] = [];

  constructor(t: TestContext) {
    t.after(async () => {
      for (const end of this.#ends.reverse()) await end();
    });
  }

  async broker(starting: Promise<RunningBroker>): Promise<RunningBroker> {
    const broker = await starting;
    this.#ends.push(() => broker.stop());
    return broker;
  }

  async place(opening: Promise<OpenStore>): Promise<OpenStore> {
    const place = await opening;
    this.#ends.push(() => place.close());
    return place;
  }

  store(place: OpenStore, suffix = ''): Store {
    const store = openStore(place.url + suffix, place.options);
    this.#ends.push(() => store.close());
    return store;
  }

  async sink(
    url: string,
    store: Store,
    more: Partial<SinkOptions> = {},
  ): Promise<Sink & { events: SinkEvent[] }> {
    const events: SinkEvent[] = [];
    const sink = await startSink({
      topic: 'facepipe/+/faces',
      store,
      key: '{device}/{yyyy}/{mm}/{dd}/{id}.{ext}',
      concurrency: 16,
      deadLetter: 'facepipe/{device}/dead',
      secret: Buffer.alloc(32),
      onEvent: (event) => events.push(event),
      ...more,
      link: { url, ...more.link },
    });
    this.#ends.push(() => sink.stop());
    return Object.assign(sink, { events });
  }

  async link(url: string): Promise<Link> {
    const link = await connect({ url });
    this.#ends.push(() => link.close());
    return link;
  }

  /** The ids that the sink says it has stored, with repetitions. */
  async receipts(url: string): Promise<string[]> {
    const ids: string[] = [];
    const link = await this.link(url);
    await link.subscribe('facepipe/+/stored', async ({ payload }) => {
      ids.push(...decodeReceipt(payload).ids);
    });
    return ids;
  }

  /** The faces that the sink says it will never store, with the topics it said so on. */
  async dead(url: string): Promise<(DeadFace & { on: string })[]> {
    const all: (DeadFace & { on: string })[] = [];
    const link = await this.link(url);
    await link.subscribe('facepipe/+/stored', async ({ topic, payload }) => {
      all.push(...decodeReceipt(payload).dead.map((dead) => ({ on: topic, ...dead })));
    });
    return all;
  }

  async letters(url: string): Promise<Letter[]> {
    const letters: Letter[] = [];
    const link = await this.link(url);
    await link.subscribe('facepipe/+/dead', async ({ topic, payload }) => {
      letters.push({ on: topic, ...JSON.parse(payload.toString()) });
    });
    return letters;
  }
}

interface Letter {
  on: string;
  reason: string;
  detail: string;
  id: string;
  sha256: string;
  size: number;
  topic: string;
  payload?: string;
}

async function publishAll(link: Link, sent: readonly NoiseFace[]): Promise<void> {
  await Promise.all(sent.map(({ message }) => link.publish(message)));
}

const idsOf = (sent: readonly NoiseFace[]): string[] => sent.map(({ facts }) => facts.id).sort();
const settled = ({ totals }: Sink): number => totals.stored + totals.duplicates + totals.dead;

async function holdsExactly(place: OpenStore, sent: readonly NoiseFace[]): Promise<void> {
  const found = await place.list();
  const keys = sent.map(({ facts }) => `${encodeURIComponent(facts.device)}/2026/11/21/${facts.id}.png`);
  assert.deepEqual([...found.keys()].sort(), keys.sort());
  for (const { facts, payload } of sent) {
    const key = `${encodeURIComponent(facts.device)}/2026/11/21/${facts.id}.png`;
    assert.ok(found.get(key)?.body.equals(payload), key);
  }
}

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

function letter(reason: string, payload: Buffer, id?: string): Omit<Letter, 'detail' | 'on'> {
  return {
    reason,
    id: id ?? sha256(payload),
    sha256: sha256(payload),
    size: payload.length,
    topic: 'facepipe/door/faces',
    ...(payload.length <= 256 * 1024 && { payload: payload.toString('base64') }),
  };
}

test('lost acknowledgements: what comes again is recognised', { skip: mosquittoMissing }, async (t) => {
  const scene = new Scene(t);
  const broker = await scene.broker(startMosquitto({ config: ['max_inflight_messages 30'] }));
  const cable = await startCable(broker.port);
  t.after(() => cable.close());
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  const sink = await scene.sink(`mqtt://127.0.0.1:${cable.port}`, scene.store(place));
  const sent = await faces(200);
  const link = await scene.link(broker.url);
  cable.withhold('toServer');
  await publishAll(link, sent);
  await until('a window of them is stored', () => sink.totals.stored >= 30);
  cable.cut();
  await until('every face is stored', () => sink.totals.stored >= 200);
  await until('the window came again', () => sink.totals.duplicates >= 30);
  await holdsExactly(place, sent);
  assert.ok(sink.events.some(({ type }) => type === 'offline'));
  assert.equal(sink.ready, undefined);
});

test('an outage of the store: nothing is lost, and the connection stays', {
  skip: mosquittoMissing ?? s3Missing,
}, async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(startMosquitto());
  const place = await scene.place(stores[1]?.open() ?? assert.fail());
  const server = await s3Server();
  const sink = await scene.sink(url, scene.store(place), { link: { url, keepalive: 2 } });
  const sent = await faces(90);
  const link = await scene.link(url);
  await publishAll(link, sent.slice(0, 30));
  await until('the first are stored', () => sink.totals.stored === 30);
  t.after(() => server.gateway('start'));
  await server.gateway('stop');
  const since = Date.now();
  await publishAll(link, sent.slice(30, 60));
  await until('the sink is not ready', () => sink.ready?.includes('cannot be reached') ?? false);
  // more than three times the keepalive, at 1.5 times of which an unanswered connection is dropped
  await until('the outage was long', () => Date.now() - since > 7_000);
  assert.equal(sink.totals.stored, 30);
  assert.ok(sink.held > 0);
  assert.ok(sink.connected);
  await server.gateway('start');
  await publishAll(link, sent.slice(60));
  await until('all are stored', () => settled(sink) >= 90);
  assert.equal(sink.events.filter(({ type }) => type === 'offline').length, 0);
  assert.equal(sink.totals.dead, 0);
  assert.equal(sink.totals.received, 90, 'nothing came twice');
  await until('the sink is ready again', () => sink.ready === undefined);
  await holdsExactly(place, sent);
  const retries = sink.events.filter(({ type }) => type === 'store-retry').length;
  assert.match(await sink.metrics.metrics(), new RegExp(`facepipe_sink_store_retries_total ${retries}\\n`));
});

test('an outage longer than every keepalive, under load: memory is bounded, the broker queues, all arrive', {
  skip: mosquittoMissing ?? s3Missing,
}, async (t) => {
  const scene = new Scene(t);
  // a broker that holds nothing back, so that only the bound does
  const config = ['max_inflight_messages 0', 'max_queued_messages 0'];
  const { url } = await scene.broker(startMosquitto({ config }));
  const place = await scene.place(stores[1]?.open() ?? assert.fail());
  const server = await s3Server();
  const sent = await faces(400);
  const maxHeld = 20 * (sent[0]?.payload.length ?? 0);
  const link = { url, keepalive: 1, receiveMaximum: 1000 };
  const sink = await scene.sink(url, scene.store(place), { link, maxHeld });
  const publisher = await scene.link(url);
  await publishAll(publisher, sent.slice(0, 50));
  await until('the first are stored', () => settled(sink) >= 50);
  t.after(() => server.gateway('start'));
  await server.gateway('stop');
  const since = Date.now();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, sink.held);
  }, 5);
  t.after(() => clearInterval(watch));
  await publishAll(publisher, sent.slice(50));
  await until('the sink is not ready', () => sink.ready !== undefined);
  await until('the outage was long', () => Date.now() - since > 6_000);
  assert.ok(sink.connected, 'still there, with its queue in the broker');
  await server.gateway('start');
  await until('all are stored', () => sink.totals.stored >= 400);
  await until('it is ready again', () => sink.ready === undefined);
  assert.ok(most > 0 && most <= maxHeld, `held ${most} of ${maxHeld}`);
  assert.equal(sink.totals.dead, 0);
  const away = sink.events.flatMap((event) => (event.type === 'store-down' ? event.error.message : []));
  assert.equal(away.length, 1, `told once: ${away}`);
  await holdsExactly(place, sent);
});

test('stop() during an outage ends, and the broker keeps what was not stored', {
  skip: mosquittoMissing ?? s3Missing,
}, async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(startMosquitto());
  const place = await scene.place(stores[1]?.open() ?? assert.fail());
  const server = await s3Server();
  const first = await scene.sink(url, scene.store(place));
  const sent = await faces(20);
  t.after(() => server.gateway('start'));
  await server.gateway('stop');
  await publishAll(await scene.link(url), sent);
  await until('it tries', () => first.events.some(({ type }) => type === 'store-retry'));
  await first.stop();
  assert.equal(first.inFlight, 0);
  assert.equal(first.totals.stored, 0);
  await server.gateway('start');
  const second = await scene.sink(url, scene.store(place));
  await until('all are stored', () => settled(second) >= 20);
  await holdsExactly(place, sent);
});

test('a stranger who takes the session of a sink and leaves a subscription in it stops nothing', {
  skip: mosquittoMissing,
}, async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(startMosquitto({ persistence: true }));
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  const clientId = 'guessed';
  const first = await scene.sink(url, scene.store(place), { link: { url, clientId } });
  const stranger = await connect({ url, clientId, clean: false });
  for (const filter of ['private/#', 'facepipe/+/dead']) await stranger.subscribe(filter, async () => {});
  await stranger.close();
  await until('the sink is back', () => first.connected);
  const letters: { reason: string; topic: string; payload?: string }[] = [];
  const other = await scene.link(url);
  await other.subscribe(
    'facepipe/+/dead',
    async ({ payload }) => void letters.push(JSON.parse(payload.toString())),
  );
  await other.publish({ topic: 'private/note', payload: Buffer.from('kept') });
  const [sent] = [await faces(3)];
  await publishAll(other, sent);
  await until('the faces are stored', () => first.totals.stored === 3);
  await until('what nobody asked for is a dead letter', () => letters.length > 0);
  await until('and its letter, which came back, dropped', () =>
    first.events.some(({ type }) => type === 'stray'),
  );
  const kept = letters.map(({ reason, topic, payload }) => [
    reason,
    topic,
    Buffer.from(payload ?? '', 'base64').toString(),
  ]);
  assert.deepEqual(kept, [['unclaimed', 'private/note', 'kept']]);
  assert.equal(first.totals.received, first.totals.stored + first.totals.dead);
  await until('all is acknowledged', () => first.held === 0);
});

test('a sink without a client id or a secret to make it of does not start', {
  skip: mosquittoMissing,
}, async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(startMosquitto());
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  const nameless = {
    topic: 'facepipe/+/faces',
    key: '{id}',
    concurrency: 1,
    deadLetter: 'facepipe/{device}/dead',
  };
  await assert.rejects(startSink({ ...nameless, link: { url }, store: scene.store(place) }), {
    code: 'FACEPIPE_E_CLIENT_ID',
  });
});

for (const broker of brokers) {
  test(`${broker.name}: two sinks that cannot know of each other do no harm`, {
    skip: broker.missing,
  }, async (t) => {
    const scene = new Scene(t);
    const { url } = await scene.broker(broker.start());
    const place = await scene.place(stores[0]?.open() ?? assert.fail());
    const store = scene.store(place);
    const sinks = [await scene.sink(url, store), await scene.sink(url, store)];
    const sent = await faces(60);
    await publishAll(await scene.link(url), sent);
    const stored = () => sinks.reduce((sum, { totals }) => sum + totals.stored, 0);
    await until('all are stored', () => stored() >= 60);
    await holdsExactly(place, sent);
    assert.equal(stored(), 60);
    assert.ok(
      sinks.some(({ events }) => events.some(({ type }) => type === 'offline')),
      'they met',
    );
  });
}

test('a group shares the faces, and a member that leaves takes none with it', {
  skip: mosquittoMissing,
}, async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(startMosquitto());
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  const store = scene.store(place);
  const one = await scene.sink(url, store, { group: 'g', member: 'one', concurrency: 2 });
  const two = await scene.sink(url, store, { group: 'g', member: 'two', concurrency: 2 });
  const sent = await faces(200);
  const link = await scene.link(url);
  const publishing = publishAll(link, sent);
  await until('both have some', () => one.totals.stored > 5 && two.totals.stored > 5);
  await one.stop();
  await publishing;
  await until('all are stored', () => one.totals.stored + two.totals.stored >= 200);
  await holdsExactly(place, sent);
});

test('a group is refused in one sentence where there are no shared subscriptions', async (t) => {
  const scene = new Scene(t);
  const { url } = await scene.broker(brokers[1]?.start() ?? assert.fail());
  const place = await scene.place(stores[0]?.open() ?? assert.fail());
  await assert.rejects(scene.sink(url, scene.store(place), { group: 'g' }), {
    code: 'FACEPIPE_E_SHARED_UNSUPPORTED',
    exit: 2,
    message: /no shared subscriptions.*3\.1\.1/,
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

test('a sink whose store or broker cannot be used does not start', async (t) => {
  const scene = new Scene(t);
  const { url, stop } = await scene.broker(brokers[1]?.start() ?? assert.fail());
  const good = await scene.place(stores[0]?.open() ?? assert.fail());
  const bad = openStore('file:///dev/null');
  await assert.rejects(scene.sink(url, bad), { code: 'FACEPIPE_E_STORE_FOLDER', exit: 5 });
  await assert.rejects(scene.sink(url, scene.store(good), { quarantine: bad }), {
    code: 'FACEPIPE_E_STORE_FOLDER',
  });
  await stop();
  await assert.rejects(scene.sink(url, scene.store(good)), {
    code: 'FACEPIPE_E_BROKER_UNREACHABLE',
    exit: 4,
  });
});
