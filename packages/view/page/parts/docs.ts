const documentation = 'https://github.com/facepipe/facepipe/blob/main/docs/';

/** The address of a page below the documentation. */
export function docsLink(path: string): string {
  return documentation + path.replace(/^\/+/, '');
}
