import { execFileSync, spawnSync } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const kustomize = `${root}test/lab/kustomize`;

/** What every manifest has; the schema says the rest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
  };
  readonly data?: Record<string, string>;
  readonly spec?: Record<string, unknown>;
}

/** Why manifests cannot be built here; undefined when they can. */
export const kustomizeMissing: string | undefined = (() => {
  const { status, stderr, error } = spawnSync(kustomize, ['missing'], { encoding: 'utf8' });
  if (error) return `test/lab/kustomize cannot run here: ${error.message}`;
  return status === 0 ? undefined : stderr.trim();
})();

/** Folders of overlays, as in deploy/k8s/cloud/overlays/aws. */
export const overlays: readonly string[] = globSync('deploy/k8s/*/overlays/*/kustomization.yaml', {
  cwd: root,
})
  .map(dirname)
  .sort();

/** `edge/demo` for deploy/k8s/edge/overlays/demo. */
export const nameOf = (overlay: string): string =>
  `${basename(dirname(dirname(overlay)))}/${basename(overlay)}`;

/** The manifests of a folder of the repository, or of any other, as text. */
export const text = (folder: string): string =>
  execFileSync(kustomize, ['build', folder], { cwd: root, encoding: 'utf8' });

/** The same, read. */
export function build(folder: string): Manifest[] {
  return parseAllDocuments(text(folder)).map((document): Manifest => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
}
