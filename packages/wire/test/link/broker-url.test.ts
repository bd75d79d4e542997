import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBroker, redact } from '../../dist/link/broker-url.js';

test('a URL is taken apart, user and password decoded', () => {
  assert.deepEqual(parseBroker('mqtts://caf%C3%A9:p%40ss%2Fw%23@broker.example'), {
    protocol: 'mqtts',
    host: 'broker.example',
    port: 8883,
    name: 'broker.example:8883',
    url: 'mqtts://broker.example',
    username: 'café',
    password: 'p@ss/w#',
  });
  assert.deepEqual(parseBroker('wss://broker.example/mqtt?tenant=1'), {
    protocol: 'wss',
    host: 'broker.example',
    port: 443,
    path: '/mqtt?tenant=1',
    name: 'broker.example:443',
    url: 'wss://broker.example/mqtt?tenant=1',
  });
  assert.equal(parseBroker('mqtt://[::1]').name, '[::1]:1883');
  assert.equal(parseBroker('ws://h').port, 80);
  assert.equal(parseBroker('mqtt://h:1/').url, 'mqtt://h:1');
});

test('the nodes of a cluster have commas between them, and login, protocol and path in common', () => {
  const {
    nodes = [],
    name,
    url,
    username,
    password,
  } = parseBroker('mqtts://u:a,b@one.example,[::1]:8884,three:1');
  assert.deepEqual(
    { name, url, username, password },
    {
      name: 'one.example:8883,[::1]:8884,three:1',
      url: 'mqtts://one.example:8883,[::1]:8884,three:1',
      username: 'u',
      password: 'a,b',
    },
  );
  assert.deepEqual(nodes[1], parseBroker('mqtts://u:a,b@[::1]:8884'));
  assert.equal(nodes.length, 3);
  assert.equal(parseBroker('wss://a,b/mqtt').url, 'wss://a:443,b:443/mqtt');
  assert.equal(parseBroker('mqtt://u:a,b@one').nodes, undefined);
  for (const wrong of ['mqtt://a,', 'mqtt://,a', 'mqtt://a,b:99999', 'mqtt://u:p@a,b:x']) {
    assert.throws(() => parseBroker(wrong), { code: 'FACEPIPE_E_BROKER_URL', message: /^(?!.*u:p)/ });
  }
});

test('nothing of user and password is left in a redacted URL', () => {
  const urls = {
    'mqtt://user:secret@host:1883': 'mqtt://host:1883',
    'mqtt://user@host': 'mqtt://host',
    'mqtt://user:sec#ret@host/x': 'mqtt://host/x',
    'mqtt://user:12#secret@host': 'mqtt://host',
    'mqtt://user:12/secret@host': 'mqtt://host',
    'mqtt://user:sec@ret@host': 'mqtt://host',
    'user:secret@host': 'host',
    '//user:secret@host': '//host',
    'mqtt://host': 'mqtt://host',
    nonsense: 'nonsense',
  };
  for (const [url, expected] of Object.entries(urls)) assert.equal(redact(url), expected);
});
