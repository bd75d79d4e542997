/** What a file has to do without. */
class MissingFile extends Error {}

/** In the place of a file's address, where a file of the bundle reads none. @throws always */
export function missingFile(name: string): never {
  throw new MissingFile(`${name} is not in this file of @facepipe/core`);
}

/** Why an address could not be made. */
export const whyMissing = (error: unknown): string =>
  error instanceof MissingFile ? error.message : 'this module has no address here, as in CommonJS bundles';
