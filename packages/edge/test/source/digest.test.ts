import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorize, type Challenge, parseChallenges, strongest } from '../../dist/source/digest.js';

// RFC 7616, 3.9.1
const header =
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", ' +
  'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, ' +
  'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const mufasa = { user: 'Mufasa', password: 'Circle of Life' };
const asked = {
  method: 'GET',
  uri: '/dir/index.html',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};
const only = (challenge: Challenge | undefined) => challenge ?? assert.fail('no challenge');

test('the examples of RFC 7616', () => {
  const [sha256, md5] = parseChallenges(header);
  assert.match(
    authorize(only(sha256), mufasa, asked),
    /response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1".*opaque="FQhe.*nc=00000001/,
  );
  assert.match(authorize(only(md5), mufasa, asked), /response="8ca523f5e9506fed4657c9700eebdbec"/);
});

test('the example of RFC 2069, without qop', () => {
  const [old] = parseChallenges(
    'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  );
  // the password is printed otherwise there (erratum 749)
  const answer = authorize(only(old), { ...mufasa, password: 'CircleOfLife' }, asked);
  assert.match(answer, /response="1949323746fe6a43ef61f9606e7febea"/);
  assert.doesNotMatch(answer, /qop|cnonce|algorithm/);
});

test('of several challenges the strongest is answered, of an unknown kind none', () => {
  const chosen = (text: string) => {
    const challenge = strongest(parseChallenges(text));
    return challenge && `${challenge.scheme} ${challenge.fields.algorithm ?? ''}`.trim();
  };
  assert.equal(chosen(`Basic realm="x", ${header}`), 'digest SHA-256');
  assert.equal(chosen('Digest realm="x", nonce="1", algorithm=MD5, Basic realm="y"'), 'digest MD5');
  assert.equal(chosen('Digest realm="x", nonce="1", algorithm=WHIRLPOOL, Basic realm="y"'), 'basic');
  assert.equal(chosen('Negotiate, NTLM'), undefined);
  assert.equal(chosen(''), undefined);
});

test('quotes in names and realms are escaped', () => {
  const [odd] = parseChallenges('Digest realm="a \\"camera\\"", nonce="1"');
  assert.match(
    authorize(only(odd), { user: 'a"b', password: 'x' }, asked),
    /username="a\\"b", realm="a \\"camera\\""/,
  );
});
