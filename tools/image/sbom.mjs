// `node sbom.mjs NPM STATUS.D NAME`: what `npm sbom` wrote into the file NPM (CycloneDX), and besides the Debian
// packages and the Node.js of the image NAME, as one document on stdout.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [npm, statusFolder, name] = process.argv.slice(2);
const sbom = JSON.parse(readFileSync(npm, 'utf8'));

const field = (status, key) => status.match(new RegExp(`^${key}: (.*)$`, 'm'))?.[1] ?? '';

function debianComponent(file) {
  const status = readFileSync(join(statusFolder, file), 'utf8');
  const [version, arch] = [field(status, 'Version'), field(status, 'Architecture')];
  const [source] = field(status, 'Source').split(' ');
  const purl = `pkg:deb/debian/${encodeURIComponent(file)}@${encodeURIComponent(version)}?arch=${arch}&distro=debian-12`;
  return {
    type: 'library',
    'bom-ref': purl,
    name: file,
    version,
    purl,
    ...(source && { properties: [{ name: 'debian:source', value: source }] }),
  };
}

const node = process.versions.node;
const nodePurl = `pkg:generic/node@${node}`;
const components = [
  ...(sbom.components ?? []),
  { type: 'application', 'bom-ref': nodePurl, name: 'node', version: node, purl: nodePurl },
  ...readdirSync(statusFolder).sort().map(debianComponent),
];
const { component, ...metadata } = sbom.metadata;
process.stdout.write(
  `${JSON.stringify({ ...sbom, metadata: { ...metadata, component: { ...component, type: 'container', name } }, components }, null, 1)}\n`,
);
