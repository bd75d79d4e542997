import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { connect } from '@facepipe/wire';
import { parseAllDocuments } from 'yaml';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { certificates, opensslMissing } from '../support/certificates.js';
import { blocksIn, root } from '../support/documents.js';
import { freshFolder } from '../support/program.js';

const kustomize = join(root, 'test/lab/kustomize');
const kustomizeMissing =
  spawnSync(kustomize, ['missing'], { encoding: 'utf8' }).status === 0
    ? false
    : 'kustomize is not here: test/lab/kustomize fetch';
const promtoolMissing = spawnSync('promtool', ['--version']).error
  ? 'promtool is not installed: apt-get install prometheus'
  : false;

test('mosquitto takes the configurations of the documents, and lets in who logs in over TLS', {
  skip: mosquittoMissing ?? opensslMissing,
  timeout: 300_000,
}, async (t) => {
  const blocks = blocksIn('conf');
  assert.ok(blocks.length > 0);
  const tls = certificates(t);
  for (const { place, text } of blocks) {
    // mosquitto takes what stands behind a value as part of it
    assert.doesNotMatch(text, /^\s*[^#\s].*#/m, `${place}: a comment behind a value`);
    const folder = freshFolder('facepipe-conf-');
    cpSync(join(root, 'deploy/mosquitto/edge.acl'), join(folder, 'edge.acl'));
    for (const name of ['ca.pem', 'server.pem', 'server.key']) cpSync(tls.file(name), join(folder, name));
    execFileSync('mosquitto_passwd', ['-c', '-b', join(folder, 'passwords'), 'door', 'secret']);
    const whole = (port: number) =>
      text
        .replaceAll('/etc/mosquitto/', `${folder}/`)
        .replace(/^listener \d+$/m, `listener ${port} 127.0.0.1\npersistence_location ${folder}/`);
    const broker = await startMosquitto({ whole, folder });
    t.after(() => broker.stop());
    const url = `mqtts://127.0.0.1:${broker.port}`;
    const login = { url, username: 'door', password: 'secret', ca: tls.pem('ca.pem') };
    const link = await connect({ ...login, clientId: 'door' });
    await link.publish({ topic: 'facepipe/door/faces', payload: Buffer.from('a') });
    await link.close();
    await assert.rejects(connect({ ...login, password: 'wrong' }), { code: 'FACEPIPE_E_BROKER_CREDENTIALS' });
  }
});

test('YAML and JSON of the documents can be read', () => {
  const yaml = blocksIn('yaml');
  const json = blocksIn('json', 'jsonc');
  assert.ok(yaml.length > 0 && json.length > 0);
  for (const { place, text } of yaml)
    for (const { errors } of parseAllDocuments(text, { strict: true })) assert.deepEqual(errors, [], place);
  for (const { place, text, language } of json) {
    const plain = language === 'json' ? text : text.replace(/\s{2,}\/\/ .*$/gm, '');
    assert.doesNotThrow(() => JSON.parse(plain), place);
  }
});

test('kustomize builds the overlays of the documents', { skip: kustomizeMissing, timeout: 300_000 }, () => {
  const overlays = blocksIn('yaml').filter(({ text }) => /^kind: Kustomization$/m.test(text));
  assert.ok(overlays.length > 0);
  const folder = freshFolder('facepipe-overlay-');
  cpSync(join(root, 'deploy'), join(folder, 'facepipe/deploy'), { recursive: true });
  for (const { place, text } of overlays) {
    const file = /^# (\S+\/kustomization\.yaml)$/m.exec(text)?.[1] ?? assert.fail(`${place}: names no file`);
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
    const { status, stderr } = spawnSync(kustomize, ['build', join(folder, dirname(file))], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, `${place}: ${stderr}`);
  }
});

test('Prometheus takes the queries of the documents', { skip: promtoolMissing, timeout: 300_000 }, () => {
  const blocks = blocksIn('promql');
  assert.ok(blocks.length > 0);
  const file = join(freshFolder('facepipe-promql-'), 'rules.yml');
  for (const { place, text } of blocks) {
    const queries = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
    const rules = queries.map((expr, index) => ({ record: `documented:query${index}`, expr }));
    // JSON is YAML
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'documented', rules }] }));
    const { status, stderr, stdout } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    assert.equal(status, 0, `${place}: ${stdout}${stderr}`);
  }
});
