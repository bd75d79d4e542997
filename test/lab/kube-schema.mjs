// Makes test/src/k8s/kubernetes.d.ts: Kubernetes' own schemas, as types, of the kinds that deploy/k8s uses. They come
// from kubernetes-models on npm, which generates them from Kubernetes' OpenAPI; its 25 dependencies are not needed to
// read them. For a newer Kubernetes: the versions below, then `node test/lab/kube-schema.mjs`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kubernetes = '1.36';
const packages = { 'kubernetes-models': '5.1.0', '@kubernetes-models/apimachinery': '3.0.2' };
const kinds = [
  'v1/Namespace',
  'v1/Service',
  'v1/ConfigMap',
  'apps/v1/StatefulSet',
  'apps/v1/Deployment',
  'policy/v1/PodDisruptionBudget',
  'networking.k8s.io/v1/NetworkPolicy',
  'autoscaling/v2/HorizontalPodAutoscaler',
];

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'facepipe-schema-'));
const types = new Map();

function unpack(name, version) {
  const options = { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' };
  const [packed] = JSON.parse(execFileSync('npm', ['pack', `${name}@${version}`, '--json'], options));
  const to = join(folder, name);
  execFileSync('mkdir', ['-p', to]);
  execFileSync('tar', ['-xzf', packed.filename, '-C', to, '--strip-components=1'], options);
}

const [models, machinery] = Object.keys(packages);

/** Reads a file's type, under the name that all others use, and those it needs. */
function read(file) {
  if (types.has(file)) return;
  types.set(file, '');
  const text = readFileSync(`${file}.d.ts`, 'utf8').replace(/\/\*\*[\s\S]*?\*\/\s*/g, '');
  const [, name, unique] = /export type \{ (\w+) as (\w+)/.exec(text) ?? [];
  const form = `interface ${name} [\\s\\S]*?^\\}|type ${name} = .*;`;
  const [body] = new RegExp(`^export (${form})`, 'm').exec(text) ?? [];
  if (body === undefined) throw new Error(`${file}.d.ts is not as expected`);
  // what people write has no status
  const written = body
    .replace(name, unique)
    .replace(/^export interface (\w+) \{\n\}$/, 'export type $1 = object;')
    .replace(/^ {4}"status"\?: .*\n/m, '')
    .replace(' extends TypeMeta', '');
  types.set(file, written);
  for (const [, needed, from] of text.matchAll(/^import \{ (\w+) \} from "(.*)";$/gm)) {
    if (!written.includes(needed)) continue;
    const path = from.startsWith('.') ? join(dirname(file), from) : join(folder, from);
    read(path.replace(/\.js$/, ''));
  }
}

try {
  for (const [name, version] of Object.entries(packages)) unpack(name, version);
  for (const kind of kinds) read(join(folder, models, kind));
  const manifests = kinds.map((kind) => {
    const [, unique] = /(?:interface|type) (\w+)/.exec(types.get(join(folder, models, kind))) ?? [];
    return `  '${kind}': ${unique};`;
  });
  const origin = [models, machinery].map((name) => `${name} ${packages[name]}`).join(' and ');
  writeFileSync(
    join(root, 'test/src/k8s/kubernetes.d.ts'),
    [
      `// Kubernetes ${kubernetes}: its OpenAPI schemas (Apache-2.0) as types, by ${origin} (MIT). Made by test/lab/kube-schema.mjs.`,
      `export interface Manifests {\n${manifests.join('\n')}\n}`,
      ...types.values(),
      '',
    ].join('\n\n'),
  );
} finally {
  rmSync(folder, { recursive: true });
}
execFileSync(
  process.execPath,
  [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--write', 'test/src/k8s/kubernetes.d.ts'],
  { cwd: root, stdio: 'inherit' },
);
