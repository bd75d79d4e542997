import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configuredEndpoint, parseEndpoint } from '../../dist/store/s3-endpoint.js';

const of = (env: Record<string, string>, profile: Record<string, string> = {}) =>
  configuredEndpoint(env, {
    profile,
    config: {
      'services.lab': { 's3.endpoint_url': 'http://services', 'sts.endpoint_url': 'http://sts' },
      'services.other': {},
    },
  });

test('the endpoint is found where the tools of AWS look for it, in their order', () => {
  const url = { endpoint_url: 'http://profile' };
  assert.equal(of({}), undefined);
  assert.equal(of({}, url), 'http://profile');
  assert.equal(of({}, { ...url, services: 'lab' }), 'http://services');
  assert.equal(of({}, { ...url, services: 'other' }), 'http://profile');
  assert.equal(of({ AWS_ENDPOINT_URL: 'http://env' }, { ...url, services: 'lab' }), 'http://env');
  assert.equal(of({ AWS_ENDPOINT_URL: 'http://env', AWS_ENDPOINT_URL_S3: 'http://s3' }, url), 'http://s3');
  assert.equal(of({ AWS_ENDPOINT_URL: '' }, url), 'http://profile');
});

test('what is configured can be ignored', () => {
  const url = { endpoint_url: 'http://profile' };
  const env = { AWS_ENDPOINT_URL_S3: 'http://env' };
  assert.equal(of({ ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'TRUE' }, url), undefined);
  assert.equal(of(env, { ...url, ignore_configured_endpoint_urls: 'true' }), undefined);
  const not = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' };
  assert.equal(of(not, { ...url, ignore_configured_endpoint_urls: 'true' }), 'http://profile');
});

test('an endpoint that cannot be one, and a section that is not there, are refused', () => {
  assert.throws(() => of({}, { services: 'none' }), { code: 'FACEPIPE_E_STORE_ENDPOINT', exit: 2 });
  for (const endpoint of [
    'http://a\nb',
    'http://ab\n',
    '\thttp://ab',
    'localhost:9000',
    'ftp://x',
    'http://u:p@x',
  ])
    assert.throws(() => parseEndpoint(endpoint), { code: 'FACEPIPE_E_STORE_ENDPOINT', exit: 2 }, endpoint);
});
