/** Lines of 1.5 in a square of 16; one style for all. */
const paths = {
  live: 'M2 5.5V2h3.5M10.5 2H14v3.5M14 10.5V14h-3.5M5.5 14H2v-3.5M8 6.25a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 0 0 0-3.5',
  visits: 'M8 2.5a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5M2.5 14c.4-2.7 2.6-4 5.5-4s5.1 1.3 5.5 4',
  hops: 'M1.5 8h2.25M6.75 8h2.5M12.25 8h2.25M5.25 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3M10.75 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3',
  areas: 'M3 4.5 12.5 2.5 13.5 11 6 13.5Z',
  ok: 'm3 8.5 3.25 3.25L13 4.75',
  warn: 'M8 2.25 14.25 13.5H1.75ZM8 6.5v3.25M8 11.5v.25',
  bad: 'm4 4 8 8M12 4l-8 8',
  unknown: 'M5.75 6a2.25 2.25 0 1 1 3.4 1.95C8.4 8.4 8 8.8 8 9.75M8 12v.25',
  camera: 'M1.75 4.5h8.5v7h-8.5ZM10.25 7.25l4-2v5.5l-4-2',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.25v9.5L12.5 8Z',
  close: 'm4 4 8 8M12 4l-8 8',
  copy: 'M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3',
  save: 'M8 2.5v7.75M4.75 7.25 8 10.5l3.25-3.25M2.5 13.5h11',
  out: 'M9 2.75h4.25V7M13.25 2.75 7.5 8.5M11.5 9.5v3.75H2.75V4.5H6.5',
  plus: 'M8 3v10M3 8h10',
  trash: 'M2.75 4.25h10.5M6 4.25V2.5h4v1.75M4 4.25l.6 9.25h6.8l.6-9.25',
  auto: 'M8 2.5a5.5 5.5 0 1 0 0 11ZM8 2.5a5.5 5.5 0 0 1 0 11',
  light: 'M8 5.25a2.75 2.75 0 1 0 0 5.5 2.75 2.75 0 0 0 0-5.5M8 1.25v1.5M8 13.25v1.5M1.25 8h1.5M13.25 8h1.5M3.25 3.25l1 1M11.75 11.75l1 1M12.75 3.25l-1 1M4.25 11.75l-1 1',
  dark: 'M13 9.75A5.5 5.5 0 0 1 6.25 3a5.5 5.5 0 1 0 6.75 6.75Z',
  up: 'M8 13V3.5M4 7.25 8 3.25l4 4',
  search: 'M7 2.75a4.25 4.25 0 1 0 0 8.5 4.25 4.25 0 0 0 0-8.5M10.25 10.25l3.25 3.25',
  undo: 'M5.5 3 2.5 6l3 3M2.5 6h6.75a3.75 3.75 0 0 1 0 7.5H6',
  leave: 'M9.5 2.5h-7v11h7M6.5 8h7.25M11 5.25 13.75 8 11 10.75',
} as const;

export type IconName = keyof typeof paths;

/** Always beside words, or in a button that has a name. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
