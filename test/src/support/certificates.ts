import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why tests with certificates are skipped; false when they are not. */
export const opensslMissing = spawnSync('openssl', ['version']).error
  ? 'openssl is not installed: apt-get install openssl'
  : false;

/** A certificate authority, and certificates for 127.0.0.1, for another name, and for a client. */
export function certificates(t: { after(end: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), 'facepipe-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = (name: string) => {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    openssl('req', '-x509', ...key, ...files, '-days', '2', '-subj', `/CN=${name}`);
  };
  const sign = (name: string, names: string, by = 'ca') => {
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${names}\n`);
    const ca = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-days', '2'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...ca, '-extfile', `${name}.ext`, '-out', `${name}.pem`);
  };
  authority('ca');
  authority('stranger');
  sign('server', 'IP:127.0.0.1');
  sign('elsewhere', 'DNS:elsewhere.example');
  sign('client', 'DNS:client.example');
  const file = (name: string) => join(folder, name);
  return { authority, sign, file, pem: (name: string) => readFileSync(file(name)) };
}
