/** A map with some entries put and some taken away; the same map where nothing is. */
export function revised<K, V>(
  table: ReadonlyMap<K, V>,
  put: readonly V[] | undefined,
  keyOf: (value: V) => K,
  gone: readonly K[] = [],
): ReadonlyMap<K, V> {
  if (!put?.length && gone.length === 0) return table;
  const next = new Map(table);
  for (const value of put ?? []) next.set(keyOf(value), value);
  for (const key of gone) next.delete(key);
  return next;
}

/**
 * The same map, or one with the `most` latest entries. It is cut a tenth below, so that a full one is not sorted again
 * for each entry that comes.
 */
export function latest<K, V>(
  table: ReadonlyMap<K, V>,
  most: number,
  timeOf: (value: V) => number,
): ReadonlyMap<K, V> {
  if (table.size <= most) return table;
  const sorted = [...table].sort(([, a], [, b]) => timeOf(b) - timeOf(a));
  return new Map(sorted.slice(0, Math.ceil(most * 0.9)));
}
