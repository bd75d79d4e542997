import { crc32 } from 'node:zlib';

/** Checksum as eight hexadecimal digits and a space, then the text. Neither JSON nor a number begins like that. */
const pattern = /^[0-9a-f]{8} $/;
const length = 9;

const sumOf = (key: string, text: Buffer): number => crc32(text, crc32(key));

/** A value of the index, bound to its key by a checksum: LevelDB does not check its own on reading. */
export function seal(key: string, text: string): Buffer {
  const sum = sumOf(key, Buffer.from(text));
  return Buffer.from(`${sum.toString(16).padStart(8, '0')} ${text}`);
}

/** The text that was sealed under this key; undefined when it was another, or in format 1, which had no seal. */
export function unseal(key: string, value: Buffer): string | undefined {
  if (isUnsealed(value)) return undefined;
  const sum = Number.parseInt(value.toString('latin1', 0, length), 16);
  return sum === sumOf(key, value.subarray(length)) ? value.toString('utf8', length) : undefined;
}

/** Whether a value has no seal, as in format 1. */
export const isUnsealed = (value: Buffer): boolean => !pattern.test(value.toString('latin1', 0, length));
