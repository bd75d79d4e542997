const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const integer = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** How long before `now`: `now`, `12 s ago`, `4 min ago`, `2 h ago`, `3 d ago`. */
export function ago(time: number, now: number): string {
  const age = now - time;
  if (age < 2 * second) return 'now';
  return `${coarse(age)} ago`;
}

/** One unit: `12 s`, `4 min`, `2 h`, `3 d`. */
export function coarse(ms: number): string {
  if (ms < minute) return `${Math.floor(Math.max(0, ms) / second)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < 2 * day) return `${Math.floor(ms / hour)} h`;
  return `${Math.floor(ms / day)} d`;
}

/** As exact as is of use: `84 ms`, `1.4 s`, `12 s`, `2 min 5 s`, `3 h 12 min`. */
export function span(ms: number): string {
  if (ms < second) return `${Math.round(Math.max(0, ms))} ms`;
  if (ms < 9.95 * second) return `${(ms / second).toFixed(1)} s`;
  if (ms < minute) return `${Math.floor(ms / second)} s`;
  if (ms < hour) return two(ms, minute, 'min', second, 's');
  if (ms < 2 * day) return two(ms, hour, 'h', minute, 'min');
  return two(ms, day, 'd', hour, 'h');
}

/** As `span`, in whole seconds: for what is counted up while one looks. */
export function whole(ms: number): string {
  return ms < minute ? coarse(ms) : span(ms);
}

function two(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  const head = `${Math.floor(ms / large)} ${largeName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}

/** `1,234`; from a hundred thousand on `123.4K`. */
export function count(value: number): string {
  return value >= 100_000 ? compact.format(value) : integer.format(value);
}

/** `312 B`, `48 kB`, `1.2 MB`. */
export function bytes(value: number): string {
  if (value < 1000) return `${integer.format(value)} B`;
  if (value < 1_000_000) return `${fine.format(value / 1000)} kB`;
  if (value < 1_000_000_000) return `${fine.format(value / 1_000_000)} MB`;
  return `${fine.format(value / 1_000_000_000)} GB`;
}

/** A value of a chart with its unit: `4.2 faces/s`, `1.4 s`, `12 kB`. */
export function measure(value: number, unit: string): string {
  if (unit === 'ms') return span(value);
  if (unit === 'bytes') return bytes(value);
  return `${value >= 1000 ? count(value) : fine.format(value)} ${unit}`;
}

/** `1 face`, `3 faces`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
