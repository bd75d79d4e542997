/**
 * A URL, well-formed or not, for an error's sentence: up to the last "@" may be a secret (AWS keys have "/" in them).
 */
export function withoutUserinfo(url: string): string {
  return url.replace(/\/\/.*@/s, '//');
}
