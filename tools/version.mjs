// The one version of all packages: `node tools/version.mjs 0.2.0` writes it wherever it stands, and gives what is
// unreleased in the changelog its heading; `node tools/version.mjs --check [v0.2.0]` says where it differs.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const read = (file) => readFileSync(new URL(file, root), 'utf8');
const manifests = readdirSync(new URL('packages', root)).map((name) => `packages/${name}/package.json`);
const names = manifests.map((file) => JSON.parse(read(file)).name);

/** Where a version stands beside package.json, with its first group before it and its last behind. */
const others = {
  'packages/core/src/version.ts': /(version = ')([^']+)(')/,
  'deploy/edge/compose.yaml': /(TAG:-)([^}]+)(\})/,
  'packages/cloud/compose.yaml': /(TAG:-)([^}]+)(\})/,
  'deploy/edge/.env.example': /(#TAG=)(.+)()/,
  'packages/cloud/.env.example': /(#TAG=)(.+)()/,
  'deploy/k8s/cloud/base/kustomization.yaml': /(newTag: )(.+)()/,
  'deploy/k8s/edge/base/kustomization.yaml': /(newTag: )(.+)()/,
};

/** Each place with the version that it has. */
function places() {
  const packages = manifests.flatMap((file) => {
    const { version, dependencies = {} } = JSON.parse(read(file));
    const ours = Object.entries(dependencies).filter(([name]) => names.includes(name));
    return [[file, version], ...ours.map(([name, wanted]) => [`${file}: ${name}`, wanted])];
  });
  return [...packages, ...Object.entries(others).map(([file, found]) => [file, found.exec(read(file))?.[2]])];
}

function check(tag) {
  const [[, version]] = places();
  const wrong = places().filter(([, found]) => found !== version);
  for (const [place, found] of wrong) console.error(`${place} has ${found}, not ${version}`);
  const released = read('CHANGELOG.md').includes(`\n## ${version}`);
  if (!released) console.error(`CHANGELOG.md has no heading ${version}`);
  const tagged = tag === undefined || tag === `v${version}`;
  if (!tagged) console.error(`the tag is ${tag}, and the packages have ${version}`);
  if (wrong.length > 0 || !released || !tagged) process.exitCode = 1;
  else console.log(`${places().length} places have ${version}`);
}

function write(version) {
  for (const file of manifests) {
    const manifest = JSON.parse(read(file));
    manifest.version = version;
    for (const name of names) if (manifest.dependencies?.[name]) manifest.dependencies[name] = version;
    writeFileSync(new URL(file, root), `${JSON.stringify(manifest, null, 2)}\n`);
  }
  for (const [file, found] of Object.entries(others))
    writeFileSync(new URL(file, root), read(file).replace(found, `$1${version}$3`));
  const date = new Date().toISOString().slice(0, 10);
  const changelog = read('CHANGELOG.md').replace(
    '## Unreleased\n',
    `## Unreleased\n\n## ${version} - ${date}\n`,
  );
  writeFileSync(new URL('CHANGELOG.md', root), changelog);
  execFileSync('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: fileURLToPath(root),
    stdio: 'inherit',
  });
  check();
}

const [asked, tag] = process.argv.slice(2);
if (asked === '--check') check(tag);
else if (/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(asked ?? '')) write(asked);
else throw new Error('give a version such as 0.2.0, or --check');
