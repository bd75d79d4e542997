import { crc32 } from 'node:zlib';

/** Checksum as eight hexadecimal digits, a space, the text. Neither JSON nor a number looks like that. */
const pattern = /^([0-9a-f]{8}) (.*)$/s;

const sumOf = (key: string, text: string): string => crc32(`${key}\n${text}`).toString(16).padStart(8, '0');

/** A value of the index, bound to its key by a checksum: LevelDB does not check its own on reading. */
export const seal = (key: string, text: string): Buffer => Buffer.from(`${sumOf(key, text)} ${text}`);

/** The text that was sealed under this key; undefined when it was another, or in format 1, which had no seal. */
export function unseal(key: string, value: Buffer): string | undefined {
  const [, sum, text] = pattern.exec(value.toString()) ?? [];
  return text !== undefined && sum === sumOf(key, text) ? text : undefined;
}

/** Whether a value has no seal, as in format 1. */
export const isUnsealed = (value: Buffer): boolean => !pattern.test(value.toString());
