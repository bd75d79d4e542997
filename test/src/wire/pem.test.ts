import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { certificates, opensslMissing } from '../support/certificates.js';
import { facepipe, freshFolder, start } from '../support/program.js';

test('files that are no certificate or key are named, with what is wrong with them', {
  skip: opensslMissing,
  timeout: 300_000,
}, async (t) => {
  const { file, pem } = certificates(t);
  const folder = freshFolder('facepipe-pem-');
  const write = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const [ca, cert, key] = [file('ca.pem'), file('client.pem'), file('client.key')];
  const text = (name: string) => String(pem(name));
  const encrypted = join(folder, 'encrypted.key');
  openssl('pkey', '-in', key, '-aes256', '-passout', 'pass:x', '-out', encrypted);
  const old = join(folder, 'old.key');
  openssl('ec', '-in', key, '-aes256', '-passout', 'pass:x', '-out', old);
  const der = join(folder, 'ca.der');
  openssl('x509', '-in', ca, '-outform', 'der', '-out', der);
  const p12 = join(folder, 'client.p12');
  openssl('pkcs12', '-export', '-in', cert, '-inkey', key, '-passout', 'pass:x', '-out', p12);
  const damaged = text('ca.pem').replace(/\n[^-\n]{20}/, '\n!!!!!!!!!!!!!!!!!!!!');
  const sink = [
    'sink',
    '--store',
    pathToFileURL(folder).href,
    '--broker',
    'mqtts://127.0.0.1:1',
    '--port',
    '0',
  ];
  const forward = ['forward', '--from', 'mqtts://127.0.0.1:1', '--to', 'mqtts://127.0.0.1:2'];
  const log = ['log', '--broker', 'mqtts://127.0.0.1:1'];
  const cases: [string[], string, string, RegExp][] = [
    [sink, '--ca', write('empty.pem', ''), /is empty/],
    [log, '--ca', write('blank.pem', '\r\n \n'), /is blank/],
    [forward, '--from-ca', write('page.html', '<!doctype html>'), /holds no PEM/],
    [log, '--ca', der, /is in DER or PKCS#12/],
    [log, '--ca', key, /has a private key where a certificate belongs/],
    [log, '--ca', write('utf16.pem', Buffer.from(`\ufeff${text('ca.pem')}`, 'utf16le')), /UTF-16/],
    [
      forward,
      '--to-ca',
      write('bundle.pem', text('ca.pem') + damaged),
      /certificate 2 of 2 in it cannot be read/,
    ],
    [log, '--ca', write('cut.pem', text('ca.pem').slice(0, 300)), /is cut off: its certificate has no end/],
    [[...log, '--cert', cert], '--key', encrypted, /is encrypted/],
    [[...log, '--cert', cert], '--key', old, /is encrypted/],
    [[...sink, '--cert', cert], '--tls-key', cert, /has a certificate where a private key belongs/],
    [[...log, '--cert', cert], '--key', p12, /is in DER or PKCS#12/],
    [
      [...log, '--cert', cert],
      '--key',
      file('server.key'),
      /does not belong to the certificate in .*client\.pem/,
    ],
    [
      [...forward, '--to-cert', cert],
      '--to-key',
      write('half.key', text('client.key').slice(0, 90)),
      /is cut off/,
    ],
    [[...log, '--key', key], '--cert', write('cert.txt', 'none'), /holds no PEM/],
  ];
  for (const [args, flag, path, says] of cases) {
    const { code, stderr } = await facepipe([...args, flag, path]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
    assert.ok(stderr.includes(`The file ${path} given with ${flag} `), stderr);
    assert.match(stderr, /FACEPIPE_E_PEM/);
    assert.doesNotMatch(stderr, /^\s+at |PRIVATE KEY-/m);
  }
});

test('what OpenSSL itself reads is taken: comments between certificates, Windows line ends, a byte order mark', {
  skip: mosquittoMissing ?? opensslMissing,
  timeout: 300_000,
}, async (t) => {
  const { file, pem } = certificates(t);
  const tls = { ca: file('ca.pem'), cert: file('server.pem'), key: file('server.key'), clients: true };
  const broker = await startMosquitto({ tls });
  t.after(() => broker.stop());
  const folder = freshFolder('facepipe-pem-');
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const stranger = readFileSync(file('stranger.pem'), 'latin1');
  const bundle = `\ufeff${String(pem('ca.pem'))}\nsubject: the next one\n${stranger}`;
  const ca = write('ca.pem', bundle.replaceAll('\n', '\r\n'));
  const cert = write('client.pem', `${String(pem('client.pem'))}${String(pem('ca.pem'))}`);
  const key = write('client.key', `junk before\n${String(pem('client.key'))}`);
  const url = broker.url.replace('mqtt:', 'mqtts:');
  const log = start(['log', '--broker', url, '--ca', ca, '--cert', cert, '--key', key]);
  t.after(() => log.stop());
  await log.line(/connected to/);
});
