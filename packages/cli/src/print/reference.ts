/** Where the documents are read: the repository of package.json, whose pages have an anchor for each code. */
const errorsPage = 'https://github.com/facepipe/facepipe/blob/main/docs/errors.md';

/** The address at which an error is explained. */
export const referenceOf = (code: string): string => `${errorsPage}#${code.toLowerCase()}`;

/** Whether it is the code of one of facepipe's errors, each of which has its place on that page. */
export const isReferable = (code: unknown): code is string =>
  typeof code === 'string' && code.startsWith('FACEPIPE_E_');
