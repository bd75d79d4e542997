// Builds the images facepipe-edge and facepipe-sink, and pushes them: npm run images -- --help
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { base as pinned } from './node-base.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = { 'facepipe-edge': 'packages/cli/Dockerfile', 'facepipe-sink': 'packages/cloud/Dockerfile' };
const sbomInside = '/usr/share/facepipe/sbom.cdx.json';
const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8'));

const help = `npm run images -- [flags]

  --registry R    name them R/facepipe-edge and R/facepipe-sink
  --tag T         default ${version}
  --push          push them to the registry
  --platform P    such as linux/arm64, or linux/amd64,linux/arm64 together with --push; default: the engine's own
  --base IMAGE    start at this one instead of ${pinned}, as in ${pinned}@sha256:…
  --sbom FOLDER   write the list of everything inside there, as CycloneDX; each image has it as ${sbomInside}`;

class Failure extends Error {}

function options() {
  const flags = {
    registry: 'string',
    tag: 'string',
    push: 'boolean',
    platform: 'string',
    base: 'string',
    sbom: 'string',
    help: 'boolean',
  };
  try {
    const { values } = parseArgs({
      options: Object.fromEntries(Object.entries(flags).map(([flag, type]) => [flag, { type }])),
    });
    return { tag: version, base: pinned, ...values };
  } catch (error) {
    throw new Failure(`${error.message}\n\n${help}`);
  }
}

function docker(...args) {
  const { status, error } = spawnSync('docker', args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error?.code === 'ENOENT') throw new Failure('docker is not installed');
  if (error || status !== 0) throw new Failure(`docker ${args[0]} failed with exit code ${status}`);
}

/** What a command prints; undefined when it fails. */
function output(command, ...args) {
  try {
    return execFileSync(command, args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

function source() {
  const revision = output('git', 'rev-parse', 'HEAD');
  if (!revision) return {};
  const dirty = output('git', 'status', '--porcelain') ? '-dirty' : '';
  return { revision: `${revision}${dirty}`, created: output('git', 'log', '-1', '--format=%cI') };
}

/** Where this machine has the base: its digest, and whether it is a stand-in of test/lab/base-images. */
function baseOf(base) {
  const found = output('docker', 'image', 'inspect', base);
  if (!found) return {};
  const [{ RepoDigests: [digest] = [], Config }] = JSON.parse(found);
  return { digest: digest?.split('@')[1], standIn: Config.Labels?.['facepipe.stand-in'] === 'true' };
}

const isHere = (registry = '') => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(\/|$)/.test(registry);

function flagsOf({ base, tag, platform }) {
  const labels = {
    version: tag,
    ...source(),
    'base.name': base.split('@')[0],
    'base.digest': base.split('@')[1] ?? baseOf(base).digest,
  };
  return [
    ...(platform ? ['--platform', platform] : []),
    '--build-arg',
    `NODE=${base}`,
    ...Object.entries(labels)
      .filter(([, value]) => value)
      .flatMap(([key, value]) => ['--label', `org.opencontainers.image.${key}=${value}`]),
  ];
}

/** Several platforms go through a builder of their own straight to the registry: the engine keeps images of one. */
function buildSeveral(names, flags) {
  const builder = 'facepipe';
  if (output('docker', 'buildx', 'inspect', builder) === undefined)
    docker('buildx', 'create', '--name', builder, '--driver', 'docker-container');
  for (const [name, file] of names)
    docker('buildx', 'build', '--builder', builder, '--push', '-f', file, '-t', name, ...flags, '.');
}

function writeSbom(name, folder) {
  mkdirSync(folder, { recursive: true });
  const container = output('docker', 'create', name);
  if (!container) throw new Failure(`docker cannot open ${name}`);
  try {
    const file = `${name.split('/').at(-1).replace(':', '-')}.cdx.json`;
    docker('cp', '-q', `${container}:${sbomInside}`, join(folder, file));
  } finally {
    output('docker', 'rm', container);
  }
}

function run(values) {
  const { registry, tag, platform, push, sbom } = values;
  const several = platform?.includes(',');
  if (push && !registry) throw new Failure('--push needs a --registry');
  if (several && !push)
    throw new Failure('several platforms can only be pushed: give --push, or one platform');
  if (several && sbom) throw new Failure('--sbom needs one platform');
  if (push && !isHere(registry) && baseOf(values.base).standIn)
    throw new Failure(
      `${values.base} is a stand-in of test/lab/base-images, for this machine only: docker rmi it, and build where it can be pulled`,
    );
  const names = Object.entries(images).map(([name, file]) => [
    `${registry ? `${registry}/` : ''}${name}:${tag}`,
    file,
  ]);
  const flags = flagsOf(values);
  if (several) return buildSeveral(names, flags);
  for (const [name, file] of names) {
    docker('build', '-f', file, '-t', name, ...flags, '.');
    if (sbom) writeSbom(name, sbom);
    if (push) docker('push', name);
    const [{ Size, Architecture }] = JSON.parse(output('docker', 'image', 'inspect', name));
    console.log(`${name}  ${Architecture}  ${Math.round(Size / 1e6)} MB${push ? '  pushed' : ''}`);
  }
}

try {
  const values = options();
  if (values.help) console.log(help);
  else run(values);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`images: ${error.message}`);
  process.exitCode = 1;
}
