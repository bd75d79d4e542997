export * from '@facepipe/edge';
export { cliErrors } from './cli-error.js';
export { commands } from './parse/command.js';
export { referenceOf } from './print/reference.js';
