import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmod, cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../support/brokers.js';
import { certificates, opensslMissing } from '../support/certificates.js';
import { until } from '../support/until.js';
import { attempt, cloudFile, started, temporary } from './compose-project.js';
import { docker, metric, metricsOf, Project, tag } from './engine.js';

test('cloud and edge on one machine are one command', async (t) => {
  const run = randomUUID().slice(0, 8);
  const project = new Project(t, `facepipe-${run}`, ['deploy/compose.yaml'], {
    MQTTS_PORT: String(await freePort()),
    MQTT_PORT: String(await freePort()),
    CAPTURE_PORT: String(await freePort()),
    FACEPIPE_WIDTH: '320',
    FACEPIPE_HEIGHT: '240',
  });
  await started(project);
  const [sink] = await project.containers('sink');
  await until('faces are stored in the volume', async () => {
    return metric(await metricsOf(sink ?? assert.fail()), 'facepipe_sink_stored_total') > 0;
  });
  const [name, image] = [sink?.Name.slice(1) ?? '', `facepipe-sink:${tag}`];
  const list =
    "console.log(require('fs').readdirSync('/var/lib/facepipe/bucket', { recursive: true }).join('\\n'))";
  assert.match(await docker('exec', name, 'node', '-e', list), /^door\/.*\.png$/m);
  assert.equal(await docker('inspect', name, '--format', '{{.Config.Image}}'), image);
});

test('the cloud takes a certificate and passwords of one’s own', { skip: opensslMissing }, async (t) => {
  const { sign, file, pem } = certificates(t);
  sign('broker', 'DNS:broker.example');
  const folder = await temporary(t);
  const given = { 'ca.pem': 'ca.pem', 'server.pem': 'broker.pem', 'server.key': 'broker.key' };
  for (const [name, from] of Object.entries(given)) await cp(file(from), join(folder, name));
  await writeFile(join(folder, 'site1.password'), 'chosen by hand\n');
  await Promise.all(
    ['', ...Object.keys(given), 'site1.password'].map((name) => chmod(join(folder, name), 0o755)),
  );
  const mqtts = await freePort();
  const project = new Project(t, `facepipe-own-${randomUUID().slice(0, 8)}`, [cloudFile], {
    MQTTS_PORT: String(mqtts),
    CREDENTIALS: folder,
    BROKER_NAME: 'broker.example',
  });
  // the sink is healthy when it is connected: it trusts the authority that is given
  await started(project);
  const login = {
    ca: pem('ca.pem'),
    username: 'site1',
    password: 'chosen by hand',
    servername: 'broker.example',
  };
  assert.equal(await attempt(`mqtts://127.0.0.1:${mqtts}`, login, 'facepipe/door/faces'), 'accepted');
});
