/** In the place of a file's address, where a file of the bundle reads none. @throws always */
export function missingFile(name: string): never {
  throw new Error(`${name} is not in this file of @facepipe/core`);
}
