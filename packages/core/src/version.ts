/** Of this package; written by build/version.mjs. */
export const version = '0.1.0';
