import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  connect,
  decodeFace,
  decodeStatus,
  decodeVisit,
  type FaceFacts,
  type VisitMessage,
} from '@facepipe/wire';
import sharp from 'sharp';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { freshFolder, type Program, start } from '../support/program.js';
import { until } from '../support/until.js';

const skip = mosquittoMissing ?? false;
const timeout = 300_000;
const photo = fileURLToPath(new URL('../../../packages/edge/photos/astronaut.png', import.meta.url));

/** The astronaut a little elsewhere in each picture, as JPEG: somebody who stays and moves. */
async function astronaut(number: number): Promise<Buffer> {
  const left = 60 + Math.round(40 * Math.sin(number / 4));
  return sharp(photo).extract({ left, top: 20, width: 320, height: 240 }).jpeg({ quality: 92 }).toBuffer();
}

const nobody = (): Promise<Buffer> =>
  sharp({ create: { width: 320, height: 240, channels: 3, background: '#667' } })
    .jpeg()
    .toBuffer();

/** What a broker is told by the device `door`. */
async function watch(t: TestContext, url: string) {
  const link = await connect({ url });
  t.after(() => link.close());
  const faces: FaceFacts[] = [];
  const visits: VisitMessage[] = [];
  const active: (number | undefined)[] = [];
  await link.subscribe('facepipe/door/faces', async (message) => {
    const { facts } = await decodeFace(message);
    if (facts) faces.push(facts);
  });
  await link.subscribe('facepipe/door/visits', async ({ payload, retain }) => {
    assert.equal(retain, false);
    const visit = decodeVisit(payload);
    if (visit) visits.push(visit);
  });
  await link.subscribe('facepipe/door/status', async ({ payload }) => {
    active.push(decodeStatus(payload)?.active);
  });
  return { faces, visits, active };
}

function capture(t: TestContext, url: string, spool: string, ...more: string[]): Program {
  const args = ['capture', '--source', '-', '--realtime', '--name', 'door', '--broker', url];
  const program = start([...args, '--spool', spool, '--log-level', 'debug', ...more], { input: 'open' });
  t.after(() => program.stop('SIGKILL'));
  return program;
}

/** Shows pictures, one after the other has been looked at by a slow machine or a fast one, until `done`. */
async function show(program: Program, picture: (number: number) => Promise<Buffer>, done: () => boolean) {
  let number = 0;
  await until('what is shown has been seen', async () => {
    program.child.stdin.write(await picture(number++));
    await new Promise((resolve) => setTimeout(resolve, 60));
    return done();
  });
}

test('one picture of a visit comes, its begin and its end are told, and the status counts it', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const { faces, visits, active } = await watch(t, broker.url);
  const program = capture(t, broker.url, freshFolder('facepipe-visits-'), '--visit-gap', '1s');
  await program.line(/looking for faces/);
  await show(program, astronaut, () => visits.some(({ type }) => type === 'begin') && active.includes(1));
  await show(program, nobody, () => visits.some(({ type }) => type === 'end'));
  program.child.stdin.end();
  const { code, stdout, stderr } = await program.ended;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /captured 1, published 1, spooled 0, lost 0/);
  await until('the face has come', () => faces.length === 1);
  const types = visits.map(({ type }) => type);
  assert.deepEqual(types, ['begin', 'picture', 'end']);
  const [face] = faces;
  const [begin, picture, end] = visits;
  assert.ok(face && begin && picture?.type === 'picture' && end?.type === 'end');
  assert.deepEqual([face.track, face.id, face.role], [begin.visit, picture.picture, 'best']);
  assert.equal(face.quality, picture.quality);
  assert.deepEqual([begin.active, end.active], [1, 0]);
  assert.ok(face.quality !== undefined && face.quality >= 15 && face.qualityParts);
});

test('a capture that is killed in the middle of a visit sends its picture once, with its next start', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const { faces, visits } = await watch(t, broker.url);
  const spool = freshFolder('facepipe-visits-');
  // so long that only the end of the visit would send it
  const patient = ['--best-within', '1h'];
  const first = capture(t, broker.url, spool, ...patient);
  await first.line(/looking for faces/);
  const kept = () => readdirSync(join(spool, 'visits')).some((name) => name.endsWith('.picture'));
  await show(first, astronaut, kept);
  await first.stop('SIGKILL');
  assert.equal(faces.length, 0);
  const begun = visits.find(({ type }) => type === 'begin')?.visit;
  for (const _ of [1, 2]) {
    const next = capture(t, broker.url, spool, ...patient);
    next.child.stdin.end(await nobody());
    const { code, stderr } = await next.ended;
    assert.equal(code, 0, stderr);
    await until('the picture has come', () => faces.length > 0);
  }
  assert.equal(faces.length, 1);
  assert.deepEqual([faces[0]?.track, faces[0]?.role], [begun, 'best']);
  assert.deepEqual(readdirSync(join(spool, 'visits')), []);
});

test('captures that are killed at any moment of a visit send one picture of each', {
  skip,
  timeout,
}, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const { faces, visits } = await watch(t, broker.url);
  const spool = freshFolder('facepipe-visits-');
  const told = () => visits.filter(({ type }) => type === 'begin').map(({ visit }) => visit);
  const begun = () => told().length;
  // around the moment at which the picture goes into the spool
  for (const moment of [0, 60, 150, 250, 350, 600]) {
    const before = begun();
    const program = capture(t, broker.url, spool, '--send', 'first', '--best-within', '200ms');
    await program.line(/looking for faces/);
    await show(program, astronaut, () => begun() > before);
    const struck = performance.now() + moment;
    await show(program, astronaut, () => performance.now() >= struck);
    await program.stop('SIGKILL');
  }
  const last = capture(t, broker.url, spool);
  last.child.stdin.end(await nobody());
  const { code, stderr } = await last.ended;
  assert.equal(code, 0, stderr);
  const tracks = () => new Set(faces.map(({ track }) => track));
  // one that a slow machine cuts in two may begin anew at the kill: its picture is kept, its begin was not told
  await until('there is a picture of each visit that was told', () => {
    const sent = tracks();
    return told().every((visit) => sent.has(visit));
  });
  // one that was acknowledged just before a kill is published again, with the id that it had
  const ids = new Set(faces.map(({ id }) => id));
  assert.equal(ids.size, tracks().size);
});

test('of image files each face is sent, as nobody stays in them', { skip, timeout }, async (t) => {
  const broker = await startMosquitto();
  t.after(() => broker.stop());
  const { faces, visits } = await watch(t, broker.url);
  const program = start(['capture', '--source', photo, '--name', 'door', '--broker', broker.url]);
  t.after(() => program.stop('SIGKILL'));
  const { code, stdout, stderr } = await program.ended;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /captured 1, published 1/);
  await until('the face has come', () => faces.length === 1);
  assert.deepEqual([faces[0]?.role, faces[0]?.track, visits.length], ['every', undefined, 0]);
});
