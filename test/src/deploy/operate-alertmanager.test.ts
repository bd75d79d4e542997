import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { folder } from '../support/delivery.js';
import { until } from '../support/until.js';
import { startServer } from './prometheus-server.js';

const file = fileURLToPath(new URL('../../../deploy/prometheus/alertmanager.yaml', import.meta.url));
const missing =
  spawnSync('prometheus-alertmanager', ['--version']).error &&
  'Alertmanager is not installed: apt-get install prometheus-alertmanager';
const options = { skip: missing ?? false };

interface Notification {
  commonLabels: Record<string, string>;
  alerts: { labels: Record<string, string> }[];
}

/** What somebody who is called gets. */
async function receiver(t: TestContext): Promise<{ url: string; got: Notification[] }> {
  const got: Notification[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    got.push(JSON.parse(Buffer.concat(parts).toString()));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, got };
}

/** A real Alertmanager with the configuration shipped, that notifies this address, and soon. */
async function startAlertmanager(t: TestContext, webhook: string): Promise<string> {
  const configuration = parse(readFileSync(file, 'utf8'));
  configuration.route.group_wait = '2s';
  configuration.receivers[0].webhook_configs[0].url = webhook;
  const place = folder();
  writeFileSync(join(place, 'alertmanager.yaml'), stringify(configuration));
  return startServer(t, 'prometheus-alertmanager', [
    `--config.file=${join(place, 'alertmanager.yaml')}`,
    `--storage.path=${join(place, 'data')}`,
    '--cluster.listen-address=',
  ]);
}

const alert = (alertname: string, site: string, instance: string) => ({ alertname, site, instance });
const cameras = Array.from({ length: 40 }, (_, index) => `camera${index}`);

test('the example for Alertmanager is valid', options, () => {
  const { status, stdout, stderr } = spawnSync('amtool', ['check-config', file], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
});

test(
  'a site is one notification for each alert, and what follows from another alert is none',
  options,
  async (t) => {
    const { url: webhook, got } = await receiver(t);
    const url = await startAlertmanager(t, webhook);
    const alerts = [
      // everything at once, where nothing answers
      { alertname: 'FacepipeSiteOffline', site: 'north' },
      ...cameras.map((camera) => alert('FacepipeDown', 'north', camera)),
      ...cameras.map((camera) => alert('FacepipeSpoolOld', 'north', camera)),
      // a line is cut
      alert('FacepipeForwarderOffline', 'south', 'line'),
      ...cameras.map((camera) => alert('FacepipeSpoolOld', 'south', camera)),
      ...cameras.map((camera) => alert('FacepipeNoReceipts', 'south', camera)),
      // what no cut line explains
      ...cameras.map((camera) => alert('FacepipeFacesRefused', 'south', camera)),
      // elsewhere the line is whole
      ...cameras.map((camera) => alert('FacepipeSpoolOld', 'east', camera)),
    ];
    const posted = await fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts.map((labels) => ({ labels }))),
    });
    assert.equal(posted.status, 200, await posted.text());
    const told = () =>
      got
        .map(({ commonLabels: { alertname, site }, alerts }) => `${alertname} ${site} ${alerts.length}`)
        .sort();
    const expected = [
      'FacepipeFacesRefused south 40',
      'FacepipeForwarderOffline south 1',
      'FacepipeSiteOffline north 1',
      'FacepipeSpoolOld east 40',
    ];
    await until(
      () => `the notifications come: ${told().join(', ')}`,
      () => told().length >= expected.length,
    );
    // groups that are held back are known to be, once their wait is over
    await until('all groups have been looked at', async () => {
      const all = (await (await fetch(`${url}/api/v2/alerts`)).json()) as { status: { state: string } }[];
      return all.length === alerts.length && all.every(({ status }) => status.state !== 'unprocessed');
    });
    assert.deepEqual(told(), expected);
  },
);
