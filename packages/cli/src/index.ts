export * from '@facepipe/edge';
export { cliErrors } from './error.js';
export { commands } from './parse/command.js';
