import { readFileSync } from 'node:fs';

/** What both Dockerfiles start at. */
export const [, base] = /^ARG NODE=(.+)$/m.exec(
  readFileSync(new URL('../packages/cli/Dockerfile', import.meta.url), 'utf8'),
);
