import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, kustomizeMissing, type Manifest, nameOf, overlays } from './manifest.js';
import { faults } from './schema.js';

/** What these tests look at in a pod's template. */
interface PodSpec {
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  serviceAccountName?: string;
  hostNetwork?: boolean;
  securityContext?: { runAsNonRoot?: boolean; runAsUser?: number; seccompProfile?: { type?: string } };
  initContainers?: Container[];
  containers: Container[];
  volumes?: Record<string, unknown>[];
}
interface Container {
  name: string;
  image: string;
  imagePullPolicy?: string;
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  readinessProbe?: { httpGet?: { path?: string } };
  livenessProbe?: { httpGet?: { path?: string } };
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string; optional?: boolean } }[];
  env?: {
    name: string;
    value?: string;
    valueFrom?: { secretKeyRef?: { name: string; key: string } };
  }[];
  securityContext?: {
    privileged?: boolean;
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    capabilities?: { drop?: string[] };
  };
}

const skip = kustomizeMissing;
const built = new Map(skip ? [] : overlays.map((folder) => [nameOf(folder), build(folder)] as const));

function podOf(manifest: Manifest): PodSpec | undefined {
  const spec = manifest.spec as { template?: { spec: PodSpec } } | undefined;
  return spec?.template?.spec;
}

const titled = (overlay: string, { kind, metadata }: Manifest) => `${overlay} ${kind}/${metadata.name}`;

function everyManifest(): [string, Manifest][] {
  return [...built].flatMap(([overlay, manifests]) =>
    manifests.map((manifest): [string, Manifest] => [titled(overlay, manifest), manifest]),
  );
}
const everyPod = () =>
  everyManifest().flatMap(([title, manifest]): [string, PodSpec][] => {
    const pod = podOf(manifest);
    return pod ? [[title, pod]] : [];
  });
const containersOf = ({ initContainers = [], containers }: PodSpec) => [...initContainers, ...containers];

test('every overlay passes the schemas of Kubernetes 1.36, unknown fields refused', { skip }, () => {
  assert.ok(built.size >= 7, [...built.keys()].join());
  assert.deepEqual(faults(new Map(everyManifest())), []);
});

test('the schemas refuse what is unknown, missing, of a wrong type, no known value, or no longer served', {
  skip,
}, () => {
  const manifest = everyManifest().find(([title]) => title === 'cloud/aws StatefulSet/sink')?.[1];
  assert.ok(manifest);
  const broken = (change: (pod: Record<string, unknown>, spec: Record<string, unknown>) => void) => {
    const copy = structuredClone(manifest);
    const spec = copy.spec as { template: { spec: Record<string, unknown> } };
    change(spec.template.spec, spec);
    return faults(new Map([['sink', copy]]));
  };
  assert.deepEqual(
    broken(() => {}),
    [],
  );
  const unknown = broken((pod) => Object.assign(pod, { automountServiceAccountTokens: false }));
  assert.match(unknown.join(), /^sink: "automountServiceAccountTokens": false.*TS2353/);
  assert.match(broken((_, spec) => delete spec.selector).join(), /selector.*missing/s);
  assert.match(
    broken((_, spec) => Object.assign(spec, { replicas: '2' })).join(),
    /"replicas": "2".*TS2322/s,
  );
  assert.match(
    broken((pod) => Object.assign(pod, { restartPolicy: 'Sometimes' })).join(),
    /Sometimes.*TS2322/s,
  );
  assert.match(
    faults(new Map([['old', { ...manifest, apiVersion: 'apps/v1beta1' }]])).join(),
    /^old:.*apps\/v1beta1\/StatefulSet/,
  );
});

test('every pod keeps to the restricted standard, has no token, and says what it needs', { skip }, () => {
  for (const [title, pod] of everyPod()) {
    assert.equal(pod.automountServiceAccountToken, false, title);
    assert.equal(pod.serviceAccountName, undefined, title);
    // a Service named like a flag would set it: FACEPIPE_PORT=tcp://…
    assert.equal(pod.enableServiceLinks, false, title);
    assert.equal(pod.hostNetwork, undefined, title);
    assert.equal(pod.securityContext?.runAsNonRoot, true, title);
    assert.ok((pod.securityContext?.runAsUser ?? 0) > 0, title);
    assert.equal(pod.securityContext?.seccompProfile?.type, 'RuntimeDefault', title);
    const privileged = title === 'edge/camera-privileged StatefulSet/capture';
    for (const container of containersOf(pod)) {
      const name = `${title} ${container.name}`;
      assert.equal(container.securityContext?.readOnlyRootFilesystem, true, name);
      assert.equal(container.securityContext?.privileged ?? false, privileged, name);
      if (!privileged) {
        assert.equal(container.securityContext?.allowPrivilegeEscalation, false, name);
        assert.deepEqual(container.securityContext?.capabilities?.drop, ['ALL'], name);
      }
      assert.match(container.image, /:(?!latest$)[\w.-]+$/, name);
      assert.equal(container.imagePullPolicy, 'IfNotPresent', name);
      assert.ok(container.resources?.requests?.cpu && container.resources.requests.memory, name);
      assert.ok(container.resources?.limits?.memory, name);
    }
    for (const volume of pod.volumes ?? []) {
      const [kind] = Object.keys(volume).filter((key) => key !== 'name');
      const allowed = ['configMap', 'secret', 'projected', 'emptyDir', ...(privileged ? ['hostPath'] : [])];
      assert.ok(kind && allowed.includes(kind), `${title} ${kind}`);
    }
  }
});

test('nothing has a role, every secret is by reference, and every ConfigMap that is asked for is there', {
  skip,
}, () => {
  const secrets = new Set(['users', 'uplink', 'broker-tls', 'sink-s3', 'client-ids']);
  for (const [overlay, manifests] of built) {
    const kinds = new Set(manifests.map(({ kind }) => kind));
    for (const kind of [
      'Secret',
      'Role',
      'RoleBinding',
      'ClusterRole',
      'ClusterRoleBinding',
      'ServiceAccount',
    ]) {
      assert.ok(!kinds.has(kind), `${overlay} ${kind}`);
    }
    const maps = new Set(manifests.filter(({ kind }) => kind === 'ConfigMap').map((m) => m.metadata.name));
    const text = JSON.stringify(manifests);
    for (const [, name] of text.matchAll(/"configMap(?:Ref)?":\{"(?:defaultMode":\d+,")?name":"([^"]+)"/g)) {
      assert.ok(name && maps.has(name), `${overlay} ConfigMap/${name}`);
    }
    const asked = [...text.matchAll(/"secret(?:Key)?(?:Ref)?":\{[^}]*?"(?:secretName|name)":"([^"]+)"/g)];
    assert.ok(asked.length > 0, overlay);
    for (const [, name] of asked) assert.ok(name && secrets.has(name), `${overlay} Secret/${name}`);
    assert.doesNotMatch(text, /FACEPIPE_(?:\w+_)?PASSWORD"|AWS_SECRET/, overlay);
  }
});

test('client ids that brokers keep queues under come from a Secret, and each pod has its own', {
  skip,
}, () => {
  let found = 0;
  for (const [title, pod] of everyPod()) {
    const role = /\/(forward|sink)$/.exec(title)?.[1];
    const env = pod.containers[0]?.env ?? [];
    const at = env.findIndex(({ name }) => name === 'FACEPIPE_CLIENT_ID');
    const { value } = env[at] ?? {};
    assert.equal(
      value,
      role && (role === 'sink' ? '$(FACEPIPE_MEMBER)-$(CLIENT_ID)' : 'forward-$(CLIENT_ID)'),
      title,
    );
    if (!role) continue;
    found++;
    const secret = env.findIndex(({ name }) => name === 'CLIENT_ID');
    // Kubernetes fills in only what it has read before
    assert.ok(
      secret >= 0 && secret < at && env.findIndex(({ name }) => name === 'FACEPIPE_MEMBER') < at,
      title,
    );
    assert.deepEqual(env[secret]?.valueFrom?.secretKeyRef, { name: 'client-ids', key: role }, title);
  }
  assert.ok(found > 1);
});

test('every program is asked whether they are ready and alive, and captures keep faces until they are stored', {
  skip,
}, () => {
  let [captures, sinks] = [0, 0];
  for (const [title, pod] of everyPod()) {
    const [container] = pod.containers;
    const env = new Map(container?.env?.map(({ name, value }) => [name, value]));
    if (title.endsWith('/capture')) {
      captures++;
      assert.equal(env.get('FACEPIPE_UNTIL'), 'stored', title);
      assert.match(env.get('FACEPIPE_SPOOL') ?? '', /^\/var\/lib\/facepipe\//, title);
    } else if (title.endsWith('/sink')) {
      sinks++;
      assert.ok(env.has('FACEPIPE_MEMBER') && env.get('FACEPIPE_GROUP'), title);
    } else if (container?.name === 'mosquitto') continue;
    assert.equal(container?.readinessProbe?.httpGet?.path, '/readyz', title);
    assert.equal(container?.livenessProbe?.httpGet?.path, '/healthz', title);
  }
  assert.deepEqual([captures > 0, sinks > 0], [true, true]);
});

test('in every namespace all traffic is denied that no rule allows', { skip }, () => {
  for (const [overlay, manifests] of built) {
    const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
    const nothing = policies.find(({ metadata }) => metadata.name === 'nothing');
    assert.deepEqual(nothing?.spec, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }, overlay);
    const namespace = manifests.find(({ kind }) => kind === 'Namespace');
    for (const manifest of manifests.filter((one) => one !== namespace)) {
      assert.equal(manifest.metadata.namespace, namespace?.metadata.name, titled(overlay, manifest));
    }
    const level = overlay === 'edge/camera-privileged' ? 'privileged' : 'restricted';
    assert.equal(namespace?.metadata.labels?.['pod-security.kubernetes.io/enforce'], level, overlay);
  }
});

test('sinks keep their names, and an autoscaler alone says how many there are where there is one', {
  skip,
}, () => {
  const target = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'sink' };
  let scaled = 0;
  for (const [overlay, manifests] of built) {
    if (!overlay.startsWith('cloud/')) continue;
    const sink = manifests.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'sink');
    assert.ok(sink, overlay);
    const scaler = manifests.find(({ kind }) => kind === 'HorizontalPodAutoscaler');
    assert.equal(sink.spec?.replicas, scaler ? undefined : 2, overlay);
    if (!scaler) continue;
    assert.deepEqual(scaler.spec?.scaleTargetRef, target, overlay);
    scaled++;
  }
  assert.equal(scaled, skip ? 0 : 1);
});

test('node ports are 31884 with TLS, and 31883 in the lab alone', { skip }, () => {
  for (const [overlay, manifests] of built) {
    const ports = [...JSON.stringify(manifests).matchAll(/"nodePort":(\d+)/g)].map(([, port]) => port);
    const expected: Record<string, string[]> = {
      'cloud/aws': ['31884'],
      'cloud/elastic': ['31884'],
      'cloud/lab': ['31883', '31884'],
    };
    assert.deepEqual(ports.sort(), expected[overlay] ?? [], overlay);
  }
});

test('the access rules are those of deploy/mosquitto', () => {
  const text = (path: string) =>
    readFileSync(fileURLToPath(new URL(`../../../deploy/${path}`, import.meta.url)), 'utf8');
  for (const side of ['edge', 'cloud']) {
    assert.equal(text(`k8s/${side}/base/${side}.acl`), text(`mosquitto/${side}.acl`));
  }
});
