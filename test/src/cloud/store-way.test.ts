import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openStore } from '@facepipe/cloud';
import { freePort } from '../support/brokers.js';
import { object, refuses, secret, withEnv } from '../support/imitation.js';
import { freshFolder } from '../support/program.js';
import { s3Missing, s3Server, stores } from '../support/stores.js';

const unset = {
  AWS_PROFILE: '',
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_SESSION_TOKEN: '',
  AWS_ENDPOINT_URL: '',
  AWS_ENDPOINT_URL_S3: '',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_REGION: 'us-east-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/** A proxy that keeps who asked for what, and wants a user with a password. */
async function proxy(t: TestContext) {
  const asked: string[] = [];
  const admits = ({ headers }: IncomingMessage) =>
    headers['proxy-authorization'] === `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`;
  const server = createServer((message, response) => {
    asked.push(`${message.method} ${message.url}`);
    if (!admits(message)) return void response.writeHead(407).end();
    const onward = request(
      message.url ?? '',
      { method: message.method, headers: message.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    message.pipe(onward);
  });
  server.on('connect', (message, socket) => {
    asked.push(`CONNECT ${message.url}`);
    socket.on('error', () => {});
    if (!admits(message)) {
      socket.end('HTTP/1.1 407 No\r\n\r\n');
      return;
    }
    const [host = '', port = ''] = (message.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const login = `user:${encodeURIComponent(secret)}@`;
  return {
    asked,
    url: (userinfo = login) => `http://${userinfo}127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
  };
}

test('S3: a store behind a proxy is reached through it, unless NO_PROXY spares it', {
  skip: s3Missing,
}, async (t) => {
  const place = await stores[1]?.open();
  assert.ok(place);
  t.after(() => place.close());
  const { asked, url } = await proxy(t);
  await withEnv({ HTTP_PROXY: url(), NO_PROXY: '' }, async () => {
    const store = openStore(place.url, place.options);
    await store.check();
    assert.equal(await store.put(object('through', 'x')), 'stored');
    const all = Array.from({ length: 20 }, (_, n) => store.put(object(`through/${n}`, 'x')));
    assert.deepEqual(new Set(await Promise.all(all)), new Set(['stored']));
    await store.close();
    assert.ok(
      asked.some((line) => /^PUT http:.*\/through/.test(line)),
      asked.join('\n'),
    );
  });
  asked.length = 0;
  await withEnv({ HTTP_PROXY: url(), NO_PROXY: '127.0.0.0/8,localhost' }, async () => {
    const store = openStore(place.url, place.options);
    assert.equal(await store.put(object('straight', 'x')), 'stored');
    await store.close();
    assert.deepEqual(asked, []);
  });
  await withEnv({ HTTP_PROXY: url('user:wrong@'), NO_PROXY: '' }, async () => {
    const store = openStore(place.url, place.options);
    await refuses(store.check(), 'FACEPIPE_E_STORE_UNPROVEN', 'proxy wants another user name');
    await store.close();
  });
});

test('S3: a store with TLS is asked for by CONNECT, and a proxy that is away is named', async (t) => {
  const { asked, url } = await proxy(t);
  const nothing = await freePort();
  const keys = { ...unset, AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: secret };
  const attempt = async (env: Record<string, string>, ...names: string[]) =>
    withEnv({ ...keys, ...env }, async () => {
      const store = openStore('s3://bucket', { endpoint: `https://127.0.0.1:${nothing}` });
      await assert.rejects(store.check(), ({ message }: Error) => {
        for (const name of names) assert.ok(message.includes(name), message);
        assert.ok(!message.includes(secret) && !message.includes(encodeURIComponent(secret)), message);
        return true;
      });
      await store.close();
    });
  await attempt({ HTTPS_PROXY: url() });
  assert.ok(asked.includes(`CONNECT 127.0.0.1:${nothing}`), asked.join('\n'));
  const away = await freePort();
  await attempt({ https_proxy: url().replace(/:\d+$/, `:${away}`) }, `through the proxy 127.0.0.1:${away}`);
  await attempt({ ALL_PROXY: `socks5://user:${encodeURIComponent(secret)}@127.0.0.1:1` }, 'ALL_PROXY');
});

test('S3: endpoint_url of the shared configuration is the store', { skip: s3Missing }, async (t) => {
  const place = await stores[1]?.open();
  assert.ok(place);
  t.after(() => place.close());
  const { endpoint } = await s3Server();
  const file = join(freshFolder('facepipe-aws-'), 'config');
  const away = `http://127.0.0.1:${await freePort()}`;
  const shared = { AWS_CONFIG_FILE: file, AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_S3: '' };
  const services = `[services lab]\ns3 =\n  endpoint_url = ${endpoint}\n`;
  for (const [lines, env] of [
    [`[default]\nendpoint_url = ${endpoint}\n`, { AWS_PROFILE: '' }],
    [`[profile lab]\nendpoint_url = ${away}\nservices = lab\n${services}`, { AWS_PROFILE: 'lab' }],
  ] as const) {
    // the SDK reads each file once a process
    const own = `${file}-${env.AWS_PROFILE}`;
    writeFileSync(own, lines);
    const credentials = join(freshFolder('facepipe-aws-'), 'credentials');
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key } = process.env;
    const profile = env.AWS_PROFILE || 'default';
    writeFileSync(credentials, `[${profile}]\naws_access_key_id=${id}\naws_secret_access_key=${key}\n`);
    await withEnv(
      { ...shared, ...env, AWS_CONFIG_FILE: own, AWS_SHARED_CREDENTIALS_FILE: credentials },
      async () => {
        const store = openStore(place.url);
        assert.equal(await store.put(object(`by-${profile}`, 'x')), 'stored');
        await store.close();
      },
    );
  }
});

test('S3: why there are no credentials is said for each way to have some', async () => {
  const folder = freshFolder('facepipe-credentials-');
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const says = async (env: Record<string, string>, ...names: string[]) => {
    await withEnv({ ...unset, ...env }, async () => {
      const store = openStore('s3://bucket', { endpoint });
      await refuses(store.check(), 'FACEPIPE_E_STORE_CREDENTIALS', ...names);
      await store.close();
    });
  };
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  await says({}, 'EC2 Instance Metadata Service access disabled');
  await says({ AWS_ACCESS_KEY_ID: 'key' }, 'AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY');
  await says({ AWS_PROFILE: 'nobody' }, 'no profile nobody');
  const none = join(folder, 'none');
  await says(
    { AWS_WEB_IDENTITY_TOKEN_FILE: none, AWS_ROLE_ARN: 'arn:aws:iam::1:role/x' },
    `${none} is not there`,
  );
  const failing = file('failing', `#!/bin/sh\necho the vault is locked >&2\nexit 3\n`);
  chmodSync(failing, 0o755);
  const process = file('process', `[default]\ncredential_process = ${failing} --token ${secret}\n`);
  await says({ AWS_CONFIG_FILE: process }, 'credential_process failed: the vault is locked');
  const mute = file('mute', '[default]\ncredential_process = false\n');
  await says({ AWS_CONFIG_FILE: mute }, 'credential_process failed: it says nothing');
  const sso = file(
    'sso',
    '[profile sso]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = r\n',
  );
  await says({ AWS_CONFIG_FILE: sso, AWS_PROFILE: 'sso' }, 'SSO');
  const empty = file('empty', '[profile empty]\nregion = us-east-1\n');
  await says(
    { AWS_CONFIG_FILE: empty, AWS_PROFILE: 'empty' },
    'the profile empty has nothing to log in with',
  );
  for (const part of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) {
    const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: secret };
    for (const end of ['\n', '\r', ' ', '\u0001'])
      await says({ ...keys, [part]: `${secret}${end}` }, 'has a line break, a blank or another character');
  }
});
