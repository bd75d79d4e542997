import { newId } from '@facepipe/service';

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The ULID after `id` in order. */
export function followingId(id: string): string {
  const last = id.length - 1;
  if (last < 0) throw new RangeError('there is no ULID after the last one');
  const value = digits.indexOf(id.charAt(last));
  if (value === digits.length - 1) return `${followingId(id.slice(0, last))}0`;
  return id.slice(0, last) + digits.charAt(value + 1);
}

/** A new ULID above `last`, also where the clock was set back since that one was made. */
export function nextId(last: string, made = newId()): string {
  return made > last ? made : followingId(last);
}
