import assert from 'node:assert/strict';
import { isId } from '@facepipe/service';
import {
  checkFilter,
  checkTopic,
  claimedId,
  decodeDeadLetter,
  decodeFace,
  decodeReceipt,
  decodeStatus,
  decodeVisit,
  deviceOf,
  encodeFace,
  encodeImage,
  encodeVisit,
  type FaceFacts,
  fillTopic,
  inspectImage,
  matches,
} from '@facepipe/wire';
import { randomBytes, spoilt } from './bytes.js';
import type { Dice } from './dice.js';
import { facts, images } from './images.js';
import { outcomeOf, type Target } from './target.js';
import { anyText, spoiltJson, spoiltText } from './text.js';

const formats = ['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif', 'heic'];
const badImage = ['FACEPIPE_E_NOT_AN_IMAGE', 'FACEPIPE_E_FACTS_INVALID'];
const digest = /^[0-9a-f]{64}$/;

/** An image with something wrong in its header, or its beginning and nothing of the kind. */
function image(dice: Dice): Buffer {
  const one = dice.one(images);
  if (dice.chance(85)) return spoilt(dice, one, dice.one(images));
  const start = one.subarray(0, dice.one([0, 4, 8, 12, 33, 100]));
  if (dice.chance(80)) return Buffer.concat([start, randomBytes(dice, 500)]);
  // some megabytes of the smallest pieces that a parser could be led through
  const unit = dice.chance(50)
    ? one.subarray(start.length, start.length + dice.between(1, 16))
    : randomBytes(dice, 12);
  return Buffer.concat([
    start,
    Buffer.alloc(dice.chance(10) ? 2 ** 23 : 100_000, unit.length > 0 ? unit : 0),
  ]);
}

function checkInfo({ format, width, height }: { format: string; width: number; height: number }): string {
  assert.ok(formats.includes(format), format);
  for (const side of [width, height])
    assert.ok(Number.isInteger(side) && side >= 1 && side <= 1e8, `${side}`);
  return format;
}

const headers: Target = {
  name: 'headers of images',
  weight: 30,
  share: 0.1,
  make(dice) {
    const payload = image(dice);
    const attempt = () => outcomeOf(badImage, () => inspectImage(payload), checkInfo);
    return { size: payload.length, attempt };
  },
};

const topic = 'facepipe/door/faces';
const fields = encodeFace(topic, facts, Buffer.alloc(0), 'image/png').userProperties ?? {};

const faces: Target = {
  name: 'faces with properties',
  weight: 15,
  share: 0.1,
  make(dice) {
    const properties = Object.entries(fields).flatMap(([name, value]): [string, string][] =>
      dice.chance(3)
        ? []
        : [[dice.chance(2) ? anyText(dice) : name, dice.chance(8) ? spoiltText(dice, value) : value]],
    );
    if (dice.chance(10)) properties.push([anyText(dice), anyText(dice)]);
    const payload = dice.chance(80) ? dice.one(images) : image(dice);
    const message = {
      ...{ topic, payload, qos: 1 as const, retain: false, duplicate: false },
      userProperties: dice.chance(20) ? {} : Object.fromEntries(properties),
    };
    const attempt = async () => {
      const claimed = await claimedId(message, facts.device);
      assert.ok(claimed === undefined || isId(claimed));
      return outcomeOf(
        badImage,
        () => decodeFace(message),
        (arrival) => {
          assert.ok(arrival.facts ? isId(arrival.id) : digest.test(arrival.id), arrival.id);
          return arrival.facts ? 'ours' : 'foreign';
        },
      );
    };
    return { size: payload.length + JSON.stringify(properties).length, attempt };
  },
};

/** Facts that are right, with texts of any language in them. */
function anyFacts(dice: Dice): FaceFacts {
  const text = () =>
    anyText(dice)
      .replaceAll(/[\p{Cc}\p{Cs}]/gu, '')
      .slice(0, 100)
      .replaceAll(/\p{Cs}/gu, '') || 'x';
  const [width, height] = [dice.between(1, 9999), dice.between(1, 9999)];
  const [x, y] = [dice.between(0, width - 1), dice.between(0, height - 1)];
  return {
    ...facts,
    device: text(),
    detector: text(),
    ...(dice.chance(50) ? { track: text() } : {}),
    seq: dice.between(1, 2 ** 40),
    captured: new Date(dice.between(0, 4e12)),
    frame: dice.between(0, 1e9),
    frameSize: { width, height },
    box: { x, y, width: dice.between(1, width - x), height: dice.between(1, height - y) },
    neighbors: dice.between(0, 500),
    ...(dice.chance(50) ? { verify: dice.between(0, 1000) / 1000 } : {}),
  };
}

const descriptions: Target = {
  name: 'facts written into images',
  weight: 3,
  share: 100,
  make(dice) {
    const known = anyFacts(dice);
    const format = dice.one(['png', 'jpeg', 'webp'] as const);
    const pixels = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 as const };
    const attempt = async () => {
      const file = await encodeImage(pixels, known, { format });
      assert.deepEqual((await inspectImage(file)).facts, known);
      return format;
    };
    return { size: 1000, attempt };
  },
};

const dead = { id: facts.id, reason: 'id-conflict', sha256: 'ab'.repeat(32) };
const receipt = { ids: [facts.id, 'cd'.repeat(32)], dead: [dead, dead], via: ['forward-1', 'forward-2'] };

const receipts: Target = {
  name: 'receipts',
  weight: 5,
  share: 100,
  make(dice) {
    const payload = spoiltJson(dice, receipt);
    const attempt = () =>
      outcomeOf(
        ['FACEPIPE_E_RECEIPT_INVALID'],
        () => decodeReceipt(payload),
        (read) => {
          for (const id of read.ids) assert.ok(isId(id) || digest.test(id), id);
          for (const face of read.dead) {
            assert.deepEqual(Object.keys(face), ['id', 'reason', 'sha256']);
            assert.ok(isId(face.id) && /^[a-z][a-z0-9-]*$/.test(face.reason) && digest.test(face.sha256));
          }
          return 'read';
        },
      );
    return { size: payload.length, attempt };
  },
};

const status = {
  ...{ state: 'online', instance: facts.id, version: '0.1.0', since: '2026-11-21T12:34:56.789Z', uptime: 9 },
  totals: { faces: 3, sent: 2 },
  rates: { faces: 0.5 },
  active: 2,
  dropped: [{ stream: facts.stream, from: 1, to: 9, reason: 'full' }],
};

const statuses: Target = {
  name: 'statuses',
  weight: 5,
  share: 100,
  make(dice) {
    const payload = spoiltJson(dice, status);
    const attempt = () => {
      const read = decodeStatus(payload);
      for (const { stream, from, to } of read?.dropped ?? []) {
        assert.ok(isId(stream) && Number.isSafeInteger(to) && from >= 1 && to >= from);
      }
      assert.ok(read?.active === undefined || (Number.isSafeInteger(read.active) && read.active >= 0));
      return read ? read.state : 'none';
    };
    return { size: payload.length, attempt };
  },
};

const visit = { visit: facts.stream, begin: '2026-11-21T12:34:56.789Z', active: 2 };
const picture = { ...visit, type: 'picture', frames: 12, picture: facts.id, quality: 87 };
const ended = { ...visit, type: 'end', end: '2026-11-21T12:35:06.789Z', frames: 290, quality: 87 };

const visits: Target = {
  name: 'visits',
  weight: 5,
  share: 100,
  make(dice) {
    const payload = spoiltJson(dice, dice.one([{ ...visit, type: 'begin' }, picture, ended]));
    const attempt = () => {
      const read = decodeVisit(payload);
      if (!read) return 'none';
      assert.ok(isId(read.visit) && !Number.isNaN(Date.parse(read.begin)) && read.active >= 0);
      assert.deepEqual(decodeVisit(encodeVisit(read)), read);
      return read.type;
    };
    return { size: payload.length, attempt };
  },
};

const letters: Target = {
  name: 'dead letters',
  weight: 5,
  share: 100,
  make(dice) {
    const payload = spoiltJson(dice, { ...dead, topic, payload: 'aGVsbG8=', properties: fields });
    const attempt = () => {
      const read = decodeDeadLetter(payload);
      if (!read) return 'none';
      for (const value of Object.values(read)) assert.equal(typeof value, 'string');
      return 'read';
    };
    return { size: payload.length, attempt };
  },
};

const topics: Target = {
  name: 'topics',
  weight: 10,
  share: 100,
  make(dice) {
    const filter = dice.chance(50) ? spoiltText(dice, '$share/group/facepipe/+/faces/#') : anyText(dice);
    const name = dice.chance(50) ? spoiltText(dice, topic) : anyText(dice);
    const template = spoiltText(dice, 'facepipe/{device}/faces');
    const attempt = async () => {
      const device = deviceOf(filter, name, dice.one([undefined, 1, 2, 99]));
      if (device !== undefined) assert.match(device, /^[^/\p{Cc}]+$/u);
      const matched = matches(filter, name);
      assert.equal(matches('#', name), !name.startsWith('$'));
      const good = await Promise.all([
        outcomeOf(
          ['FACEPIPE_E_TOPIC'],
          () => checkTopic(name),
          () => 'topic',
        ),
        outcomeOf(
          ['FACEPIPE_E_FILTER'],
          () => checkFilter(filter),
          () => 'filter',
        ),
        outcomeOf(
          ['FACEPIPE_E_TOPIC'],
          () => fillTopic(template, { device: device ?? name }),
          (filled) => {
            checkTopic(filled);
            return 'filled';
          },
        ),
      ]);
      return `${good.filter((word) => ['topic', 'filter', 'filled'].includes(word)).length} of 3${matched ? ', matched' : ''}`;
    };
    return { size: filter.length + name.length, attempt };
  },
};

export const messages: readonly Target[] = [
  ...[headers, faces, descriptions, receipts, statuses, visits, letters, topics],
];
