import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { newId } from '@facepipe/service';
import { connect, encodeVisit } from '@facepipe/wire';
import { type Site, startSite } from '../support/bridge.js';
import { mosquittoMissing } from '../support/brokers.js';
import { certificates, opensslMissing } from '../support/certificates.js';
import { accepted, film, holdsAll, objectsIn, stored, totalsOf } from '../support/delivery.js';
import type { Program } from '../support/program.js';
import { reading } from '../support/reading.js';
import { until } from '../support/until.js';

const options = { skip: mosquittoMissing ?? opensslMissing, timeout: 300_000 };

const published = (program: Program, faces: number) =>
  until(
    `${faces} faces are published`,
    async () => (await reading(program, 'capture_published_total')) >= faces,
  );

/** The faces that the capture accepted and the bucket does not have. */
async function missing(site: Site, capture: Program): Promise<number[]> {
  const there = await stored(site.bucket);
  return [...accepted(capture.lines)].filter(([id]) => !there.has(id)).map(([, seq]) => seq);
}

const online = async (t: TestContext) => {
  const site = await startSite(t, certificates(t));
  await site.startSink();
  return site;
};

test('the bridge carries faces out and receipts back', options, async (t) => {
  const site = await online(t);
  const capture = await site.capture('door', 'stored', ...film(40));
  const end = await capture.ended;
  assert.equal(end.code, 0, end.stderr);
  const { captured, stored: receipts, spooled } = totalsOf(end);
  assert.ok(captured && captured > 10);
  assert.deepEqual([receipts, spooled, objectsIn(site.bucket).length], [captured, 0, captured]);
});

test('the bridge carries visits out of the devices that the cloud knows', options, async (t) => {
  const tls = certificates(t);
  const { edge, cloud } = await startSite(t, tls);
  const ca = readFileSync(tls.file('ca.pem'));
  const log = await connect({ url: `mqtts://127.0.0.1:${cloud.port}`, ca, username: 'log', password: 'l' });
  t.after(() => log.close({ timeout: 0 }));
  const topics = new Set<string>();
  await log.subscribe('facepipe/+/visits', async ({ topic }) => void topics.add(topic));
  const links = [
    await connect({ url: edge.url, username: 'hall', password: 'h' }),
    await connect({ url: edge.url, username: 'door', password: 'd' }),
  ];
  for (const link of links) t.after(() => link.close({ timeout: 0 }));
  const [hall, door] = links;
  const begin = '2026-11-21T12:34:56.789Z';
  const payload = encodeVisit({ type: 'begin', visit: newId(), begin, active: 1 });
  await until('a visit passes', async () => {
    await hall?.publish({ topic: 'facepipe/hall/visits', payload });
    await door?.publish({ topic: 'facepipe/door/visits', payload });
    return topics.size > 0;
  });
  assert.deepEqual([...topics], ['facepipe/door/visits']);
});

interface Outcome {
  /** Faces the edge's broker had, and the cloud's not yet, when something happened to it. */
  queued: number;
  lost: number;
  /** Publishes again. */
  again: number;
}

/**
 * Faces are taken before, during and after a time without line, at whose end something happens to the edge's broker.
 */
async function outage(t: TestContext, mode: string, strike: (site: Site) => Promise<void>): Promise<Outcome> {
  const site = await online(t);
  const capture = await site.capture('door', mode, '--fps', '15');
  await holdsAll(site.bucket, 15);
  site.line.unplug();
  await published(capture, (await reading(capture, 'capture_published_total')) + 30);
  const queued = (await missing(site, capture)).length;
  await strike(site);
  site.line.cut();
  await published(capture, (await reading(capture, 'capture_published_total')) + 30);
  const last = Math.max(...accepted(capture.lines).values());
  if (mode === 'stored')
    await until('all up to then is stored', async () =>
      (await missing(site, capture)).every((seq) => seq > last),
    );
  const again = await reading(capture, 'capture_republished_total');
  const { spooled = 0 } = totalsOf(await capture.stop());
  // the bridge brings faces in their order: once later ones are stored, what has not come never will
  const marker = await site.capture('door', 'stored', ...film(20, 2));
  const { captured, stored: receipts } = totalsOf(await marker.ended);
  assert.ok(captured && receipts === captured);
  const lost = (await missing(site, capture)).filter((seq) => seq <= last);
  t.diagnostic(`queued ${queued}, lost ${lost.length}, sent again ${again}, spooled ${spooled}`);
  return { queued, lost: lost.length, again };
}

const restart = (site: Site) => site.edge.restart();
const crash = async ({ edge }: Site) => {
  await edge.crash();
  await edge.restart();
};

for (const mode of ['acked', 'stored']) {
  test(
    `an outage of the line and a restart of its broker cost a bridge nothing, --until ${mode}`,
    options,
    async (t) => {
      assert.equal((await outage(t, mode, restart)).lost, 0);
    },
  );
}

test('a crash of its broker instead costs all that was queued, --until acked', options, async (t) => {
  const { queued, lost } = await outage(t, 'acked', crash);
  assert.ok(lost >= 30 && lost >= queued, `${lost} of ${queued}`);
});

test('a crash of its broker instead costs repetitions only, --until stored', options, async (t) => {
  const { queued, lost, again } = await outage(t, 'stored', crash);
  assert.equal(lost, 0);
  assert.ok(again >= queued, `${again} of ${queued} sent again`);
});

/** Where the cloud does not take what the bridge brings: its broker says so, and the bridge does not listen. */
const unwelcome = {
  'a device that the access rules of the cloud do not know': { name: 'hall', sink: true },
  'no sink has ever been there': { name: 'door', sink: false },
} as const;
for (const [what, { name, sink }] of Object.entries(unwelcome)) {
  test(`${what}: the bridge drops the faces, and only --until stored keeps them`, options, async (t) => {
    const site = await startSite(t, certificates(t));
    if (sink) await site.startSink();
    const acked = totalsOf(await (await site.capture(name, 'acked', ...film(20))).ended);
    assert.ok(acked.captured && acked.captured > 3);
    assert.deepEqual([acked.published, acked.spooled, acked.lost], [acked.captured, 0, 0]);
    const kept = totalsOf(await (await site.capture(name, 'stored', ...film(20))).ended);
    assert.deepEqual([kept.stored, kept.spooled, kept.lost], [0, kept.captured, 0]);
    if (!sink) await site.startSink();
    // what the broker had for it, had it not been dropped, would come now
    const marker = await site.capture('door', 'stored', ...film(20, 2));
    const end = totalsOf(await marker.ended);
    assert.deepEqual([end.stored, objectsIn(site.bucket).length], [end.captured, end.captured]);
  });
}
