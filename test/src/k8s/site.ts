import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Cluster } from './cluster.js';
import { text } from './manifest.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export const edge = 'facepipe-edge';
export const cloud = 'facepipe-cloud';

/** A folder of the test's own, which pods may use whatever their user. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'facepipe-k8s-'));
  chmodSync(path, 0o755);
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** What a storage class does elsewhere: a volume for each claim. */
export function volumes(at: string, claims: readonly [namespace: string, claim: string][]): string {
  return claims
    .map(([namespace, name]) => {
      const path = join(at, namespace, name);
      mkdirSync(path, { recursive: true });
      chmodSync(path, 0o777);
      return stringify({
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: `${namespace}-${name}` },
        spec: {
          capacity: { storage: '2Gi' },
          accessModes: ['ReadWriteOnce'],
          hostPath: { path },
          claimRef: { namespace, name },
        },
      });
    })
    .join('---\n');
}

/** Builds an overlay of one's own on one of ours, as a user does: values for its ConfigMaps, tags for its images. */
export function own(
  at: string,
  overlay: string,
  tag: string,
  maps: Record<string, Record<string, string>>,
): string {
  const here = mkdtempSync(join(at, 'overlay-'));
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [relative(here, join(root, 'deploy/k8s', overlay))],
    configMapGenerator: Object.entries(maps).map(([name, values]) => ({
      name,
      namespace: overlay.startsWith('edge/') ? edge : cloud,
      behavior: 'merge',
      literals: Object.entries(values).map(([key, value]) => `${key}=${value}`),
    })),
    images: [
      { name: 'facepipe-edge', newTag: tag },
      { name: 'facepipe-sink', newTag: tag },
    ],
  };
  writeFileSync(join(here, 'kustomization.yaml'), stringify(kustomization));
  return text(here);
}

/** The secrets of docs/kubernetes.md; `file` has the certificates. */
export async function secrets(
  { kubectl }: Cluster,
  file: (name: string) => string,
  s3: Record<string, string>,
): Promise<void> {
  const literals = (values: Record<string, string>) =>
    Object.entries(values).map(([key, value]) => `--from-literal=${key}=${value}`);
  const secret = (namespace: string, name: string, ...from: string[]) =>
    kubectl('-n', namespace, 'create', 'secret', 'generic', name, ...from);
  await kubectl('create', 'namespace', cloud);
  await kubectl('create', 'namespace', edge);
  await secret(cloud, 'users', ...literals({ site1: 'one', sink: 'two', log: 'three' }));
  const tls = { 'ca.crt': 'ca.pem', 'tls.crt': 'broker.pem', 'tls.key': 'broker.key' };
  await secret(
    cloud,
    'broker-tls',
    ...Object.entries(tls).map(([key, name]) => `--from-file=${key}=${file(name)}`),
  );
  await secret(cloud, 'sink-s3', ...literals(s3));
  await secret(cloud, 'client-ids', ...literals({ sink: 'seven' }));
  await secret(edge, 'client-ids', ...literals({ forward: 'eight' }));
  await secret(edge, 'users', ...literals({ door: 'four', forward: 'five', log: 'six' }));
  await secret(
    edge,
    'uplink',
    ...literals({ password: 'one', 'ca.crt': readFileSync(file('ca.pem'), 'utf8') }),
  );
}
