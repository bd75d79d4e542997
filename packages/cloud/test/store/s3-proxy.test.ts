import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyFor } from '../../dist/store/s3-proxy.js';

const proxy = 'http://proxy.example:3128';
const through = (url: string, env: Record<string, string>) => proxyFor(url, env)?.origin;

test('the proxy is that of the scheme, in lower case first, else that of all', () => {
  const https = 'https://s3.example';
  assert.equal(through(https, { HTTPS_PROXY: proxy }), proxy);
  assert.equal(through(https, { https_proxy: proxy, HTTPS_PROXY: 'http://other:1' }), proxy);
  assert.equal(through(https, { HTTP_PROXY: proxy }), undefined);
  assert.equal(through('http://s3.example', { HTTP_PROXY: proxy }), proxy);
  assert.equal(through('http://s3.example', { HTTPS_PROXY: proxy }), undefined);
  assert.equal(through(https, { ALL_PROXY: proxy }), proxy);
  assert.equal(through(https, { all_proxy: proxy, HTTPS_PROXY: '' }), proxy);
  assert.equal(through(https, { HTTPS_PROXY: ' proxy.example:3128 ' }), proxy);
});

test('NO_PROXY spares hosts, domains with all below them, addresses, networks and ports', () => {
  const spared: [string, string][] = [
    ['https://s3.example', '*'],
    ['https://s3.example', 'other, s3.example'],
    ['https://s3.example', 'other s3.example'],
    ['https://faces.s3.example', 's3.example'],
    ['https://faces.s3.example', '.s3.example'],
    ['https://faces.s3.example', '*.s3.example'],
    ['https://s3.example', '.example'],
    ['https://S3.EXAMPLE.', 's3.example'],
    ['https://s3.example', 'S3.Example:443'],
    ['https://s3.example:9000', 's3.example:9000'],
    ['http://s3.example', 's3.example:80'],
    ['http://10.1.2.3:9000', '10.1.2.3'],
    ['http://10.1.2.3:9000', '10.0.0.0/8'],
    ['http://[fd00::1]:9000', '[fd00::1]:9000'],
    ['http://[fd00::1]:9000', 'fd00::1'],
    ['http://[fd00::1]:9000', 'fd00::/8'],
  ];
  for (const [url, entries] of spared) {
    assert.equal(through(url, { ALL_PROXY: proxy, NO_PROXY: entries }), undefined, `${url} ${entries}`);
    assert.equal(through(url, { ALL_PROXY: proxy, no_proxy: entries }), undefined, `${url} ${entries}`);
  }
  const others: [string, string][] = [
    ['https://s3.example', ''],
    ['https://s3.example', ' , ,.'],
    ['https://nots3.example', 's3.example'],
    ['https://s3.example.org', 's3.example'],
    ['https://s3.example', 's3.example:9000'],
    ['https://s3.example', 'faces.s3.example'],
    ['http://11.1.2.3', '10.0.0.0/8'],
    ['http://10.1.2.3', '10.0.0.0/99'],
    ['http://10.1.2.3', '2.3'],
    ['http://[fd00::2]', 'fd00::1'],
  ];
  for (const [url, entries] of others) {
    assert.equal(through(url, { ALL_PROXY: proxy, NO_PROXY: entries }), proxy, `${url} ${entries}`);
  }
});

test('what is no proxy of HTTP is refused, without its password', () => {
  for (const value of ['socks5://u:hunter2@proxy:1080', 'http://u:hunter2@', 'http://u:hunter2@h:99999']) {
    assert.throws(
      () => proxyFor('https://s3.example', { HTTPS_PROXY: value }),
      (error: Error & { code?: string }) =>
        error.code === 'FACEPIPE_E_STORE_PROXY' &&
        !/hunter2/.test(error.message) &&
        /HTTPS_PROXY/.test(error.message),
      value,
    );
  }
});
