import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Assumptions,
  coresOf,
  costsAt,
  costsOf,
  needOf,
  type Part,
  parts,
  putsOf,
  rateOf,
  recoveryOf,
} from './fleet-model.js';
import { jain } from './fleet-report.js';
import { psnr, ssim } from './similarity.js';

const all = (value: number) => Object.fromEntries(parts.map((part) => [part, value])) as Record<Part, number>;
const truth = { base: 0, device: 1e-5, face: 1e-3, kilobyte: 1e-5 };
const point = (devices: number, rate: number, kilobytes: number) => ({
  devices,
  rate,
  kilobytes,
  cores: all(coresOf(truth, { devices, rate, kilobytes })),
});
const costs = costsOf(point(1000, 0, 0), point(1000, 60, 9), point(200, 30, 55));

const assumed: Assumptions = {
  ...{ peak: 2, mean: 0.2, kilobytes: 10, perSite: 10, share: 0.5, cores: 4, days: 30 },
  ...{ put: 0.005, gigabyteMonth: 0.023 },
};

test('costs are found again in points made of them, and tell another point', () => {
  for (const name of ['device', 'face', 'kilobyte'] as const)
    assert.ok(Math.abs(costs.edge[name] / truth[name] - 1) < 1e-9, name);
  const other = { devices: 600, rate: 90, kilobytes: 20 };
  assert.ok(Math.abs(coresOf(costs.edge, other) - coresOf(truth, other)) < 1e-9);
  // of those no device is connected to, what they do at rest is their own
  assert.equal(costs.sink.device, 0);
  assert.ok(Math.abs(costs.sink.base - 0.01) < 1e-9);
});

test('a face costs what a busier point shows, its bytes and devices what they did', () => {
  const busy = point(60, 100, 9);
  const { edge } = costsAt(costs, { ...busy, cores: all(busy.cores.edge * 0.8) });
  assert.ok(edge.face < costs.edge.face);
  assert.equal(edge.kilobyte, costs.edge.kilobyte);
  assert.ok(Math.abs(coresOf(edge, busy) - busy.cores.edge * 0.8) < 1e-9);
});

test('what measures below nothing counts as nothing', () => {
  const noisy = costsOf(point(10, 0, 0), point(10, 60, 9), { ...point(10, 60, 55), cores: all(0) });
  assert.equal(noisy.sink.kilobyte, 0);
  assert.ok(noisy.sink.face > 0);
});

test('a rate is what takes all the cores', () => {
  const place = { devices: 1000, kilobytes: 9 };
  const rate = rateOf(truth, 1, place);
  assert.ok(Math.abs(coresOf(truth, { ...place, rate }) - 1) < 1e-9);
  assert.equal(rateOf(truth, 0.001, place), 0);
});

test('a fleet ten times as large needs ten times as much, in whole programs', () => {
  const [one, ten] = [needOf(costs, 10_000, assumed), needOf(costs, 100_000, assumed)];
  assert.ok(one.sinks >= 44 && one.sinks <= 46);
  for (const name of ['rate', 'objectsDay', 'gigabytesDay', 'puts', 'storage', 'sites', 'sinks'] as const)
    assert.ok(Math.abs(ten[name] / one[name] - 10) < 0.2, name);
  assert.equal(one.site, ten.site);
  assert.equal(one.puts, (10_000 * 0.2 * 86_400 * 30 * 0.005) / 1000);
});

test('a backlog goes as fast as what is found leaves room, or never', () => {
  assert.equal(recoveryOf(3600, 50, 100), 3600);
  assert.equal(recoveryOf(3600, 10, 100), 400);
  assert.equal(recoveryOf(3600, 100, 100), Number.POSITIVE_INFINITY);
});

test('a bundle is never more objects than faces', () => {
  assert.equal(putsOf(0.2, 0.005), 2.592);
  assert.equal(putsOf(0.2, 0.005, 3600), 0.0036);
  assert.equal(putsOf(0.0001, 0.005, 3600), putsOf(0.0001, 0.005));
});

test('fairness is 1 where all are served alike, and 1/n where one is served alone', () => {
  assert.equal(jain([3, 3, 3]), 1);
  assert.equal(jain([9, 0, 0]), 1 / 3);
  assert.equal(jain([0, 0]), 1);
});

test('a picture is like itself, and less like a noisy one', () => {
  const data = Uint8Array.from({ length: 256 }, (_, n) => (n * 7) % 256);
  const picture = { data, width: 16, height: 16 };
  const noisy = {
    ...picture,
    data: data.map((value, n) => (n % 2 === 0 ? value : Math.min(255, value + 20))),
  };
  assert.equal(ssim(picture, picture), 1);
  assert.equal(psnr(picture, picture), Number.POSITIVE_INFINITY);
  assert.ok(ssim(picture, noisy) < 1);
  assert.ok(psnr(picture, noisy) > 20 && psnr(picture, noisy) < 40);
});
